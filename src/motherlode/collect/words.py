"""Words that headers are made of, and what each combination of them means in each table: for headers no list names."""


def word_set(words: str) -> frozenset[str]:
    """Words written as one line."""
    return frozenset(words.split())


# A word that stands in a header changes its meaning, so the words that only *exclude* a meaning are listed too.
WORDS: dict[str, str] = {
    # who and what
    "customer": (
        "customer customers cust cus client clients clnt member members user users household buyer shopper "
        "consumer consumers lead leads contact contacts subscriber subscribers guest patron loyalty reviewer "
        "requester respondent traveller passenger borrower policyholder cardholder patient 客户 会员 用户 买家 "
        "顾客 消费者 客人 粉丝 患者 车主 住户"
    ),
    "visitor": "anonymous visitor device cookie 访客 匿名 设备",
    "order": (
        "order orders ord invoice inv receipt basket transaction transactions tran trans txn trx purchase purchases "
        "purchased sale sales bill booking checkout 订单 交易 单据 小票 发票 流水 下单 开单 购买 销售 消费 成交 "
        "购物"
    ),
    "product": (
        "product products prod item items sku article articles stock goods merchandise 商品 产品 宝贝 货品 物料 存货 "
        "菜品 单品 货物"
    ),
    "deal": "deal deals opportunity opp opportunities pipeline 商机 销售机会",
    "company": (
        "company companies account accounts acct organization organisation firm enterprise business 公司 企业 单位"
    ),
    "event": "event events behavior behaviour action 事件 行为 动作 操作",
    "session": "session visit 会话 访问",
    "campaign": "campaign campaigns promotion promo 活动 营销 推广 计划",
    "feedback": "feedback review reviews survey response answer rating comment 评价 评论 反馈 问卷 答卷",
    "ticket": "ticket case complaint 工单 投诉",
    "receiver": "receiver recipient consignee shipping ship 收货 收货人 收件 收件人",
    "coupon": "coupon coupons voucher 优惠券 券 卡券",
    "staff": (
        "employee staff agent manager rep cashier clerk salesperson advisor seller merchant 员工 店员 收银员 "
        "经理 业务员 导购 客服 销售员 卖家 商家 技师 跟进人 创建人 操作人"
    ),
    "owner": "owner responsible assigned 负责人 归属",
    "supplier": "supplier vendor manufacturer brand 供应商 厂商 厂家 品牌 代理商",
    "store": "store shop outlet branch 店铺 门店 商店 网点",
    # what of it
    "id": "id ids key num no nbr nr number code identifier guid uuid sn ref reference"
    " 编号 编码 代码 号 号码 单号 账号 帐号 卡号 标识 序号",
    "name": "name names nm fullname nickname 姓名 名称 名字 名 昵称",
    "time": "date dat time datetime timestamp ts dt day when 时间 日期 时刻 日",
    "amount": "amount amt value val sum money revenue amounts 金额 额 总额 款 款项",
    "price": "price prices 价格 单价 售价 价",
    "cost": "cost costs spend spent expense expenditure 成本 花费 费用 消耗",
    "quantity": "qty quantity quantities count cnt ct pieces pcs units 数量 件数 个数 次数 数",
    "status": "status 状态",
    "stage": "stage phase 阶段",
    "kind": "type category categories class group family 类型 类别 分类 类目 品类 种类",
    "text": "text body content comments message words verbatim 内容 正文 文本",
    "stars": "star stars score csat satisfaction 星级 评分 打分 满意度 得分",
    "phone": "phone mobile cell cellphone telephone tel telefon 手机 手机号 手机号码 电话 电话号码 联系电话",
    "email": "email mail emailaddress 邮箱 电子邮箱 邮件 电子邮件",
    "gender": "gender sex 性别",
    "birth": "birth birthday birthdate dob born 生日 出生",
    "age": "age 年龄",
    "address": "address addr street 地址 住址",
    "city": "city town suburb 城市 地市 市",
    "province": "province state region 省 省份",
    "district": "district county 区 县 区县",
    "country": "country nation 国家",
    "zip": "zip zipcode postcode postal postalcode 邮编 邮政编码",
    "level": "level tier grade rank membership 等级 级别",
    "tag": "tag tags label labels 标签",
    "source": "source origin referrer 来源",
    "channel": "channel platform medium 渠道 平台",
    "industry": "industry sector vertical 行业",
    "employees": "employees headcount 人数 员工数",
    "title": "title subject",
    "describe": "description desc describe 描述 详情",
    "job": "job position occupation 职位 职务 岗位",
    "website": "website url homepage domain 网址 官网 网站",
    "points": "points 积分",
    "balance": "balance 余额",
    "currency": "currency 币种 货币",
    "method": "method means gateway 方式",
    "remark": "remark remarks note notes memo 备注 留言",
    "page": "page screen path 页面",
    "consent": "consent optin opt agree agreed permission 同意 授权 许可",
    "purpose": "purpose 用途 目的",
    "churn": "churn churned attrition attrited exited 流失",
    # how it is meant
    "created": "created create creation registered register registration signup joined join enrolled enrollment since"
    " 注册 创建 入会 开卡 办卡 入网 加入 建档 登记",
    "active": "active seen activity contacted follow 活跃 跟进 联系 登录 到访",
    "inactive": "inactive dormant 未活跃 不活跃 沉默",
    "first": "first given 首次 首单 第一次",
    "last": "last latest recent surname 最后 最近 上次 末次",
    "paid": "paid pay payment 付款 支付 实付 实收 已付 实际",
    "due": "gross subtotal list due original 应付 应收 原价 折前",
    "unit": "unit per each 每 单位价",
    "net": "net 净",
    "total": "total grand overall 总 合计 总计 总共",
    "line": "line lineitem 行 明细",
    "discount": "discount discounts disc rebate 优惠 折扣 减免 抵扣 立减",
    "refund": "refund refunded refunds 退款",
    "freight": "freight delivery carriage 运费 邮费 快递费 配送费",
    "open": "open opened engage begin began start started 开始 发现 立项",
    "close": "close closed closing won signed 关闭 结单 签约 成单",
    "expected": "expected forecast estimated estimate planned 预计 预估",
    "annual": "annual yearly year 年 年度 近一年",
    "months": "months month mths mon 月 月数 月份",
    "tenure": "tenure book 在网 会龄",
    "treated": "treated treatment exposed 实验组",
    "responded": "responded redeemed redemption converted replied 响应 核销 转化 回复",
    "sent": "sent send delivered touch 发送 触达 推送 接触",
    "impressions": "impressions impression impr views exposure 曝光 展现 展示",
    "clicks": "click clicks 点击",
    "national": "national identity identification ssn passport 身份证 证件",
    # words that turn a meaning into another one
    "other": (
        "return returned returns cancel cancelled canceled cumulative lifetime avg average mean min max ratio "
        "rate pct percent percentage update updated modified next previous prior prev parent target budget goal "
        "tax vat margin profit confirm confirmed fulfil fulfilled shipped dispatch expiry expired expires "
        "expiration end ending deleted file row index import imported sync warehouse inventory reorder weight "
        "width height length credit debit limit competitor emergency model version hire hired tracking bounce "
        "exit income change chng hike growth increase decrease difference delta "
        "deposit withdrawable recharge hash flag 累计 充值 可提现 取消 售后 邀请 下次 "
        "获得 更新 发货 确认收货 退货 平均 最大 最小 比例 占比 预算 目标 税 税额 利润 毛利 库存 到期 型号 规格 "
        "过期 失效 生效 截止 完成率 推荐人 介绍人 修改 导入 物流 快递 签收 送达 紧急 押金 提现 结束 上级 父 "
        "审核 开票 增长"
    ),
}

# Words without a meaning of their own.
NOISE = word_set(
    "the a an of by for in to is was has and or usd cny rmb eur gbp dollar dollars euro local utc gmt raw str "
    "txt field col full record rec unique internal external log 卡内 的 是否 元 人民币 成功 信息 本次 个人 所在 "
    "常用 绑定 主 人"
)

# Combinations of words by table and column; the word that the table is about may always be left out.
COMBINATIONS: dict[str, dict[str, str]] = {
    "customers": {
        "customer_id": "customer id|id|customer",
        "name": "customer name|name",
        "first_name": "first name",
        "last_name": "last name|last",
        "phone": "customer phone|phone|phone id|customer phone id",
        "email": "customer email|email|email address",
        "id_card": "national id|national|id national kind",
        "birthday": "birth|birth time",
        "gender": "gender",
        "age": "age",
        "address": "address",
        "city": "city",
        "province": "province",
        "district": "district",
        "country": "country",
        "zip": "zip|zip id",
        "level": "level",
        "tags": "tag",
        "origin": "source|source channel|created channel|created source",
        "registered_at": "created time|created|customer time|first order time",
        "last_active_at": "last active time|last active|last order time|active time|last time|last session time",
        "company": "company|company name",
        "industry": "industry|company industry",
        "employees": "employees|quantity employees|company employees",
        "annual_revenue": "annual amount",
        "job_title": "job|job name",
        "website": "website|company website",
        "owner": "owner|owner name",
        "lead_status": "status|stage",
        "balance": "balance",
        "points": "points|points balance",
        "marketing_consent": "consent|campaign consent|email consent",
        "churned": "churn|churn other",
        "spend_365d": "annual order amount|annual amount paid|annual cost",
        "orders_365d": "annual order quantity",
        "tenure_months": "months tenure|months customer|tenure",
        "inactive_months": "months inactive|inactive months quantity",
    },
    "products": {
        "product_id": "product id|id",
        "product_name": "product name|name|product title",
        "category": "kind|kind name|product kind",
        "unit_price": "product price|price|unit price|due price",
        "unit_cost": "product cost|cost|unit cost|price cost",
    },
    "orders": {
        "order_id": "order id|id",
        "customer_id": "customer id|customer",
        "ordered_at": "order time|time|store time|created time|order created time|created|order created",
        "paid_at": "paid time|order paid time",
        "status": "status|paid status",
        "product_id": "product id",
        "product_name": "product name|product|product title",
        "category": "product kind|kind product name|kind",
        "quantity": "product quantity|quantity",
        "unit_price": "unit price|price|product price|unit amount",
        "amount": (
            "amount|total|total amount|paid amount|paid total|paid|customer paid|customer paid amount|"
            "net amount|line total|line amount|paid total amount|product paid amount|product paid order amount|"
            "product order amount"
        ),
        "order_amount": "due amount|due|due total|due total amount",
        "discount": "discount|discount amount|total discount",
        "refund_amount": "refund amount|refund|total refund",
        "shipping_fee": "freight|freight cost|receiver cost|freight amount",
        "currency": "currency|currency id",
        "coupon": "coupon|coupon id|discount id",
        "channel": "channel|source|store|store name|store id|store|channel name",
        "pay_method": "paid method|paid kind|method",
        "country": "country|receiver country",
        "province": "province|receiver province",
        "city": "city|receiver city",
        "name": "customer name|customer",
        "phone": "customer phone|phone",
        "email": "customer email|email",
        "receiver_name": "receiver name|receiver",
        "receiver_phone": "receiver phone",
        "address": "receiver address|address",
        "remark": "remark|customer remark",
    },
    "events": {
        "event_id": "event id|id",
        "customer_id": "customer id",
        "anonymous_id": "visitor id",
        "event": "event|event name|event kind|name|kind",
        "occurred_at": "time|event time|created time",
        "session_id": "session id|session",
        "page_url": "page|page website|website|page name|page address",
        "product_id": "product id|product",
        "device": "visitor kind|visitor|channel",
        "campaign": "campaign|campaign name|campaign id|source channel",
        "value": "event amount|amount",
    },
    "feedback": {
        "feedback_id": "feedback id|ticket id|id",
        "customer_id": "customer id",
        "given_at": "time|feedback time|created time|ticket created time|ticket time",
        "text": "text|describe|ticket describe|feedback text|feedback|customer text|ticket text|remark",
        "rating": "stars|feedback stars|feedback total stars|feedback quantity stars",
        "product_id": "product id|product|supplier id|store id",
        "channel": "channel|source",
    },
    "touches": {
        "customer_id": "customer id",
        "campaign": "campaign|campaign id|campaign name",
        "channel": "channel|sent channel|campaign channel",
        "touched_at": "time|sent time|campaign time|responded time",
        "treated": "treated",
        "responded": "responded|clicks",
        "cost": "cost|sent cost",
    },
    "deals": {
        "deal_id": "deal id|id",
        "customer_id": "customer id|company id",
        "deal_name": "deal name|deal|name|deal title|title",
        "stage": "stage|deal stage|order stage|status|deal status",
        "amount": "deal amount|amount|close amount|expected amount|expected order amount|total amount",
        "opened_at": "open time|created time|created|deal created|deal created time|deal time",
        "closed_at": "close time|expected close time|expected order time|expected time",
        "product_id": "product id|product|product name",
        "owner": "owner|owner name|order staff|staff|staff name|order staff name",
    },
    "consents": {
        "customer_id": "customer id",
        "purpose": "purpose|consent purpose|consent kind",
        "channel": "channel|consent channel",
        "granted": "consent|consent status",
        "changed_at": "time|consent time|created time",
    },
    "spend": {
        "channel": "channel|source|channel name|campaign channel",
        "campaign": "campaign|campaign name|campaign id",
        "spent_at": "time|cost time",
        "cost": "cost|campaign cost|total cost|amount cost|cost amount",
        "impressions": "impressions",
        "clicks": "clicks",
    },
}
