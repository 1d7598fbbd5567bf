"""Four exports with every kind of dirt that real ones have: what they hold is counted by hand, line by line."""

from pathlib import Path

import xlsxwriter

# A store's own order export: GB18030, CRLF, titles above, totals below.
ORDERS = [
    "某某旗舰店订单报表,,,,,,,",
    "导出时间：2024-07-01,,,,,,,",
    "订单编号,会员ID,买家姓名,手机号,下单时间,订单状态,实付金额（元）,收货地址",
    "A001,M1,张三,13800138001,2024-03-05 10:12:00,交易成功,128.00,上海市静安区一路1号",
    'A002,M1,张三,13800138001,2024年3月6日 下午3点,交易成功,"¥1,280.50","上海市静安区\n一路1号"',
    "A003,M2,李四,１３９００１３９００２,2024/3/7,交易成功,（12.00）,北京市二路2号",
    "A004,M2,李四,13900139002,2024-03-08,交易成功,1.2万,北京市二路2号",
    "A005,M3,王五,1.38E+10,2024-03-09,交易成功,１００,广州市三路3号",
    "A006,,赵六,138****8000,2024-03-10,交易成功,66,深圳市四路4号",
    "A007,,,,2024-03-11,交易成功,33,",
    "A008,M3,王五,13700137003,1900-01-01,交易成功,10,广州市三路3号",
    "A009,M3,王五,13700137003,2099-01-01,交易成功,20,广州市三路3号",
    "A010,M1,张三,13800138001,2024-04-01,交易成功,50,上海市静安区一路1号",
    "A010,M1,张三,13800138001,2024-04-01,交易成功,55,上海市静安区一路1号",
    "A011,M1,张三,13800138001,2024-04-02,交易成功,70,上海市静安区一路1号",
    "A011,M1,张三,13800138001,2024-04-02,交易成功,70,上海市静安区一路1号",
    "A012,M2,李四,13900139002,2024-04-03,交易成功,面议,北京市二路2号",
    "A013,M2,李四,13900139002,2024-04-04",
    "A014,M2,李四,13900139002,2024-04-05,交易成功,40,北京市,二路2号",
    "合计：,,,,,,13988.50,",
]

# Its members: one person in three spellings with two phones, and values that cannot be.
MEMBERS = [
    "会员ID,姓名,手机号,邮箱,身份证号,生日,年龄,注册时间,城市",
    "M1,张三,13800138001,zhang@example.com,11010519491231002X,1949-12-31,74,2020-01-01,上海",
    "M7,张 三,13800138001,ZHANG@EXAMPLE.COM ,,1949年12月31日,,2020-02-02,上海",
    "M8,Zhang San,+86 135 0013 5008,zhang#example,,,999,2021-03-03,上海",
    "M2,李四,13900139002,li@example.com,110105194912310021,2099-01-01,200,1900-01-01,北京",
    "M3,王五,13700137003,,,1900-01-01,31,2099-05-05,广州",
    ",无名,13600136009,,,,,,",
    *(
        f"N{n},会员{n},138002{n:05},n{n}@example.com,,1990-05-{n % 28 + 1:02},34,2022-01-{n % 28 + 1:02},杭州"
        for n in range(100)
    ),
    "合计,106,,,,,,,",
]

# A shop abroad, a row a line, days in two orders.
LINES = [
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Customer Email",
    '536365,85123A,"WHITE ""HEART"" HOLDER",6,12/01/2010 08:26,2.55,17850,ann@example.org',
    "536365,71053,LANTERN,6,12/01/2010 08:26,3.39,17850,ann@example.org",
    "536366,22633,HAND WARMER,6,25/12/2010,1.85,17850.0,ann@example.org",
    "536367,84879,BIRD ORNAMENT,32,12/25/2010,1.69,,bob@example.org",
    "C536379,D,Discount,-1,2010-12-27,27.50,17850,ann@example.org",
    "C536380,99999,NEVER SOLD,-2,2010-12-28,5.00,99,eve@example.org",
    "536381,85123A,HOLDER,1,not a day,2.55,17850,ann@example.org",
]


def write(folder: Path) -> None:
    """Write the four exports."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "订单.csv").write_bytes("\r\n".join(ORDERS).encode("gb18030"))
    (folder / "会员.csv").write_bytes("\r\n".join(MEMBERS).encode("gb18030"))
    (folder / "lines.csv").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    with xlsxwriter.Workbook(str(folder / "门店.xlsx")) as book:
        sheet = book.add_worksheet("六月")
        rows = [
            ["门店销售日报"],
            ["小票号", "会员号", "销售日期", "商品编码", "商品名称", "数量", "单价", "金额"],
            ["S1", "M1", 45444, "P1", "茶", 2, 30, 60],
            ["S2", "M2", "2024-06-02", "P2", "杯", 1, 12.5, 12.5],
            ["S3", "", "2024-06-03", "P1", "茶", 1, 30, "30元"],
            ["S4", "M1", "2024-06-04", "P1", "茶", -1, 30, "-30"],
            [],
            ["总计", "", "", "", "", 3, "", 72.5],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
