"""Layouts written after the lists were frozen: what real programs export, and what each header should become."""

import pytest
from recognised_layouts import look

from motherlode.collect.recognise import propose

# address, table, header -> (kind of cells, column or "" for none)
Layout = tuple[str, str, dict[str, tuple[str, str]]]
LAYOUTS: dict[str, Layout] = {
    "olist orders": (
        "olist_orders_dataset.csv",
        "orders",
        {
            "order_id": ("key", "order_id"),
            "customer_id": ("number_key", "customer_id"),
            "order_status": ("state", "status"),
            "order_purchase_timestamp": ("moment", "ordered_at"),
            "order_approved_at": ("moment", ""),
            "order_delivered_carrier_date": ("moment", ""),
            "order_delivered_customer_date": ("moment", ""),
            "order_estimated_delivery_date": ("moment", ""),
        },
    ),
    "h&m transactions": (
        "transactions_train.csv",
        "orders",
        {
            "t_dat": ("day", "ordered_at"),
            "customer_id": ("who", "customer_id"),
            "article_id": ("what", "product_id"),
            "price": ("share", "unit_price"),
            "sales_channel_id": ("few", "channel"),
        },
    ),
    "h&m customers": (
        "customers.csv",
        "customers",
        {
            "customer_id": ("key", "customer_id"),
            "FN": ("yesno", ""),
            "Active": ("yesno", ""),
            "club_member_status": ("state", ""),
            "fashion_news_frequency": ("few", ""),
            "age": ("age", "age"),
            "postal_code": ("number_key", "zip"),
        },
    ),
    "superstore": (
        "Sample - Superstore.csv",
        "orders",
        {
            "Row ID": ("number_key", ""),
            "Order ID": ("key", "order_id"),
            "Order Date": ("us_day", "ordered_at"),
            "Ship Date": ("us_day", ""),
            "Ship Mode": ("few", ""),
            "Customer ID": ("who", "customer_id"),
            "Customer Name": ("person", "name"),
            "Segment": ("few", ""),
            "City": ("city", "city"),
            "State": ("city", "province"),
            "Postal Code": ("number_key", ""),
            "Product ID": ("what", "product_id"),
            "Category": ("few", "category"),
            "Sub-Category": ("few", ""),
            "Product Name": ("word", "product_name"),
            "Sales": ("money", "amount"),
            "Quantity": ("whole", "quantity"),
            "Discount": ("share", "discount"),
            "Profit": ("money", ""),
        },
    ),
    "square items": (
        "items-2024.csv",
        "orders",
        {
            "Date": ("us_day", "ordered_at"),
            "Category": ("few", "category"),
            "Item": ("word", "product_name"),
            "Qty": ("whole", "quantity"),
            "SKU": ("what", "product_id"),
            "Gross Sales": ("money", "order_amount"),
            "Discounts": ("money", "discount"),
            "Net Sales": ("money", "amount"),
            "Tax": ("money", ""),
            "Transaction ID": ("key", "order_id"),
            "Payment ID": ("key", ""),
            "Customer ID": ("who", "customer_id"),
            "Customer Name": ("person", "name"),
            "Location": ("few", "channel"),
        },
    ),
    "stripe payments": (
        "unified_payments.csv",
        "orders",
        {
            "id": ("key", "order_id"),
            "Created date (UTC)": ("moment", "ordered_at"),
            "Amount": ("money", "amount"),
            "Amount Refunded": ("money", "refund_amount"),
            "Currency": ("coin", "currency"),
            "Description": ("word", ""),
            "Fee": ("money", ""),
            "Status": ("state", "status"),
            "Customer ID": ("who", "customer_id"),
            "Customer Email": ("email", "email"),
        },
    ),
    "mailchimp audience": (
        "subscribed_members_export.csv",
        "customers",
        {
            "Email Address": ("email", "email"),
            "First Name": ("person", "first_name"),
            "Last Name": ("person", "last_name"),
            "Phone Number": ("phone", "phone"),
            "MEMBER_RATING": ("stars", ""),
            "OPTIN_TIME": ("moment", ""),
            "TIMEZONE": ("few", ""),
            "LAST_CHANGED": ("moment", ""),
            "LEID": ("key", ""),
            "TAGS": ("few", "tags"),
        },
    ),
    "zendesk tickets": (
        "zendesk_export.csv",
        "feedback",
        {
            "Ticket ID": ("key", "feedback_id"),
            "Requester ID": ("who", "customer_id"),
            "Created at": ("moment", "given_at"),
            "Subject": ("text", ""),
            "Satisfaction Score": ("stars", "rating"),
            "Description": ("text", "text"),
            "Assignee": ("person", ""),
        },
    ),
    "pipedrive deals": (
        "deals-export.csv",
        "deals",
        {
            "Deal - ID": ("key", "deal_id"),
            "Deal - Title": ("word", "deal_name"),
            "Deal - Organization": ("firm", "customer_id"),
            "Deal - Value": ("money", "amount"),
            "Deal - Stage": ("state", "stage"),
            "Deal - Owner": ("person", "owner"),
            "Deal - Deal created": ("moment", "opened_at"),
            "Deal - Expected close date": ("day", "closed_at"),
            "Deal - Lost reason": ("few", ""),
        },
    ),
    "meta ads": (
        "ads report.csv",
        "spend",
        {
            "Campaign name": ("few", "campaign"),
            "Day": ("day", "spent_at"),
            "Amount spent (USD)": ("money", "cost"),
            "Impressions": ("number", "impressions"),
            "Link clicks": ("number", "clicks"),
            "Reach": ("number", ""),
            "CPM (cost per 1,000 impressions)": ("money", ""),
        },
    ),
    "kingdee delivery notes": (
        "销售出库单.xlsx#Sheet1",
        "orders",
        {
            "单据编号": ("key", "order_id"),
            "日期": ("day", "ordered_at"),
            "客户编码": ("who", "customer_id"),
            "客户名称": ("firm", "name"),
            "物料编码": ("what", "product_id"),
            "物料名称": ("word", "product_name"),
            "规格型号": ("few", ""),
            "实发数量": ("whole", "quantity"),
            "含税单价": ("money", "unit_price"),
            "价税合计": ("money", "amount"),
            "业务员": ("person", ""),
            "仓库": ("few", ""),
        },
    ),
    "meituan takeaway": (
        "外卖订单.csv",
        "orders",
        {
            "订单编号": ("key", "order_id"),
            "下单时间": ("moment", "ordered_at"),
            "门店ID": ("few", ""),
            "门店名称": ("few", "channel"),
            "顾客姓名": ("person", "name"),
            "顾客电话": ("mobile", "phone"),
            "菜品总价": ("money", ""),
            "用户实付": ("money", "amount"),
            "商家实收": ("money", ""),
            "配送费": ("money", "shipping_fee"),
            "订单状态": ("state", "status"),
            "预计送达时间": ("moment", ""),
        },
    ),
    "wecom contacts": (
        "客户列表.xlsx#客户",
        "customers",
        {
            "客户名称": ("person", "name"),
            "external_userid": ("key", "customer_id"),
            "添加时间": ("moment", ""),
            "添加人": ("person", ""),
            "来源": ("few", "origin"),
            "手机": ("mobile", "phone"),
            "企业标签": ("few", ""),
            "性别": ("gender", "gender"),
            "备注": ("word", ""),
        },
    ),
    "restaurant members": (
        "members_pos.csv",
        "customers",
        {
            "会员卡号": ("key", "customer_id"),
            "姓名": ("person", "name"),
            "联系方式": ("mobile", "phone"),
            "办卡日期": ("day", "registered_at"),
            "卡类型": ("few", "level"),
            "卡内余额": ("money", "balance"),
            "累计积分": ("number", ""),
            "累计消费": ("money", ""),
            "最后消费日期": ("day", "last_active_at"),
            "开卡门店": ("few", ""),
        },
    ),
    "app events": (
        "user_log.csv",
        "events",
        {
            "uid": ("who", "customer_id"),
            "log_time": ("moment", "occurred_at"),
            "event_type": ("few", "event"),
            "item_id": ("what", "product_id"),
            "session": ("key", "session_id"),
            "os": ("few", "device"),
        },
    ),
    "magento orders": (
        "export_orders.csv",
        "orders",
        {
            "ID": ("key", "order_id"),
            "Purchase Point": ("few", ""),
            "Purchase Date": ("moment", "ordered_at"),
            "Bill-to Name": ("person", "name"),
            "Ship-to Name": ("person", "receiver_name"),
            # The base currency is the shop's own here: the two hold the same.
            "Grand Total (Base)": ("money", "amount"),
            "Grand Total (Purchased)": ("money", ""),
            "Status": ("state", "status"),
            "Customer Email": ("email", "email"),
            "Payment Method": ("few", "pay_method"),
            "Shipping and Handling": ("money", "shipping_fee"),
        },
    ),
    "amazon order report": (
        "amazon_orders.txt",
        "orders",
        {
            "amazon-order-id": ("key", "order_id"),
            "purchase-date": ("moment", "ordered_at"),
            "last-updated-date": ("moment", ""),
            "order-status": ("state", "status"),
            "sales-channel": ("few", "channel"),
            "sku": ("what", "product_id"),
            "product-name": ("word", "product_name"),
            "quantity": ("whole", "quantity"),
            "currency": ("coin", "currency"),
            "item-price": ("money", "amount"),
            "item-tax": ("money", ""),
            "ship-city": ("city", "city"),
            "ship-country": ("city", "country"),
        },
    ),
    "ebay orders": (
        "ebay.csv",
        "orders",
        {
            "Sales Record Number": ("key", ""),
            "Order Number": ("number_key", "order_id"),
            "Buyer Username": ("who", "customer_id"),
            "Buyer Email": ("email", "email"),
            "Item Title": ("word", "product_name"),
            "Sold For": ("money", ""),
            "Total Price": ("money", "amount"),
            "Sale Date": ("day", "ordered_at"),
            "Paid On Date": ("day", "paid_at"),
            "Shipped On Date": ("day", ""),
            "Quantity": ("whole", "quantity"),
        },
    ),
    "hotel bookings": (
        "bookings.csv",
        "orders",
        {
            "BookingID": ("key", "order_id"),
            "GuestID": ("who", "customer_id"),
            "BookingDate": ("day", "ordered_at"),
            "ArrivalDate": ("day", ""),
            "TotalAmount": ("money", "amount"),
            "RoomType": ("few", ""),
            "Channel": ("few", "channel"),
        },
    ),
    "loyalty members": (
        "loyalty.csv",
        "customers",
        {
            "MemberNo": ("key", "customer_id"),
            "Forename": ("person", "first_name"),
            "Surname": ("person", "last_name"),
            "DOB": ("day", "birthday"),
            "MobileNo": ("phone", "phone"),
            "JoinDate": ("day", "registered_at"),
            "TierLevel": ("few", "level"),
            "PointsBalance": ("number", "points"),
            "EmailOptIn": ("yesno", "marketing_consent"),
            "HomeStore": ("few", ""),
        },
    ),
    "bank customers": (
        "Churn_Modelling.csv",
        "customers",
        {
            "RowNumber": ("number_key", ""),
            "CustomerId": ("key", "customer_id"),
            "Surname": ("person", "last_name"),
            "CreditScore": ("number", ""),
            "Geography": ("city", ""),
            "Gender": ("gender", "gender"),
            "Age": ("age", "age"),
            "Tenure": ("whole", ""),
            "Balance": ("money", "balance"),
            "NumOfProducts": ("whole", ""),
            "HasCrCard": ("yesno", ""),
            "Exited": ("yesno", "churned"),
        },
    ),
    "app store reviews": (
        "reviews_export.csv",
        "feedback",
        {
            "reviewId": ("key", "feedback_id"),
            "userName": ("person", ""),
            "content": ("text", "text"),
            "score": ("stars", "rating"),
            "thumbsUpCount": ("whole", ""),
            "at": ("moment", "given_at"),
            "appVersion": ("few", ""),
        },
    ),
    "product catalogue": (
        "商品资料.xls#商品",
        "products",
        {
            "货号": ("key", "product_id"),
            "商品全名": ("word", "product_name"),
            "商品大类": ("few", "category"),
            "零售价": ("money", "unit_price"),
            "进货成本": ("money", "unit_cost"),
            "库存数量": ("number", ""),
            "供应商": ("firm", ""),
        },
    ),
    "beauty salon visits": (
        "消费记录.csv",
        "orders",
        {
            "流水单号": ("key", "order_id"),
            "顾客编号": ("who", "customer_id"),
            "消费日期": ("day", "ordered_at"),
            "项目名称": ("word", "product_name"),
            "原价": ("money", "order_amount"),
            "折后价": ("money", ""),
            "实收金额": ("money", "amount"),
            "支付方式": ("few", "pay_method"),
            "服务技师": ("person", ""),
            "门店": ("few", "channel"),
        },
    ),
    "clickstream": (
        "events-2019-Oct.csv",
        "events",
        {
            "event_time": ("moment", "occurred_at"),
            "event_type": ("few", "event"),
            "product_id": ("what", "product_id"),
            "category_id": ("number_key", ""),
            "category_code": ("few", ""),
            "brand": ("few", ""),
            "price": ("money", ""),
            "user_id": ("who", "customer_id"),
            "user_session": ("key", "session_id"),
        },
    ),
    "sms campaign": (
        "短信发送明细.csv",
        "touches",
        {
            "会员编号": ("who", "customer_id"),
            "活动名称": ("few", "campaign"),
            "发送时间": ("moment", "touched_at"),
            "发送状态": ("state", ""),
            "短信内容": ("text", ""),
            "是否点击": ("shifou", "responded"),
        },
    ),
    "zoho deals": (
        "Deals.csv",
        "deals",
        {
            "Record Id": ("key", "deal_id"),
            "Deal Name": ("word", "deal_name"),
            "Account Name": ("firm", "customer_id"),
            "Amount": ("money", "amount"),
            "Stage": ("state", "stage"),
            "Closing Date": ("day", "closed_at"),
            "Created Time": ("moment", "opened_at"),
            "Deal Owner": ("person", "owner"),
            "Lead Source": ("few", ""),
        },
    ),
    "google ads": (
        "Campaign performance.csv",
        "spend",
        {
            "Day": ("day", "spent_at"),
            "Campaign": ("few", "campaign"),
            "Currency code": ("coin", ""),
            "Cost": ("money", "cost"),
            "Impr.": ("number", "impressions"),
            "Clicks": ("number", "clicks"),
            "CTR": ("share", ""),
            "Avg. CPC": ("money", ""),
        },
    ),
}


def judged(layout: Layout) -> tuple[list[str], list[str], list[str]]:
    """Headers that were read right, left to the user, and read wrong."""
    address, table, columns = layout
    (proposal,) = propose([look(address, {header: kind for header, (kind, _) in columns.items()})])
    found = {header: target for target, header in proposal.columns.items()} if proposal.table == table else {}
    right, asked, wrong = [], [], []
    for header, (_, target) in columns.items():
        got = found.get(header, "")
        (right if got == target else asked if not got else wrong).append(f"{header} -> {got or target}")
    if proposal.table not in (None, table):
        wrong.append(f"{address} -> {proposal.table}")
    return right, asked, wrong


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_never_seen_before_is_not_read_wrongly(name: str) -> None:
    _, _, wrong = judged(LAYOUTS[name])
    assert wrong == []


def test_nine_of_ten_headers_never_seen_before_are_read_right() -> None:
    results = [judged(layout) for layout in LAYOUTS.values()]
    right, asked = sum(len(right) for right, _, _ in results), sum(len(asked) for _, asked, _ in results)
    assert right / (right + asked) >= 0.9
