"""Exports that are known whole: a set of headers that no other program writes says what every column is."""

from collections.abc import Iterable

import msgspec

from motherlode.collect.headers import bare


class Preset(msgspec.Struct, frozen=True):
    """One export of one program: the headers that give it away, and its columns."""

    name: str
    table: str
    signature: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]


def _preset(name: str, table: str, signature: str, columns: str) -> Preset:
    pairs = (part.strip().split("=", 1) for part in columns.split(";") if part.strip())
    chosen = {target.strip(): tuple(bare(header) for header in headers.split("|")) for target, headers in pairs}
    return Preset(name, table, tuple(bare(header) for header in signature.split("|")), chosen)


PRESETS: tuple[Preset, ...] = (
    _preset(
        "shopify_orders",
        "orders",
        "Name|Financial Status|Lineitem name|Lineitem quantity|Lineitem price",
        "order_id=Name; ordered_at=Created at; paid_at=Paid at; status=Financial Status; product_id=Lineitem sku;"
        "product_name=Lineitem name; quantity=Lineitem quantity; unit_price=Lineitem price; amount=Total;"
        "order_amount=Subtotal; discount=Discount Amount; refund_amount=Refunded Amount; shipping_fee=Shipping;"
        "currency=Currency; coupon=Discount Code; channel=Source; pay_method=Payment Method; country=Billing Country;"
        "province=Billing Province; city=Billing City; name=Billing Name; phone=Phone|Billing Phone; email=Email;"
        "receiver_name=Shipping Name; receiver_phone=Shipping Phone; address=Shipping Address1|Billing "
        "Address1; remark=Notes",
    ),
    _preset(
        "shopify_customers",
        "customers",
        "First Name|Last Name|Email|Accepts Email Marketing|Total Spent|Total Orders",
        "customer_id=Customer ID|Id; first_name=First Name; last_name=Last Name; email=Email; phone=Phone|"
        "Default Address Phone;"
        "company=Default Address Company|Company; address=Default Address Address1|Address1; city=Default "
        "Address City|City;"
        "province=Default Address Province Code|Province; country=Default Address Country Code|Country;"
        "zip=Default Address Zip|Zip; marketing_consent=Accepts Email Marketing; tags=Tags",
    ),
    _preset(
        "woocommerce_orders",
        "orders",
        "order_id|order_number|order_date|status|order_total|billing_email",
        "order_id=order_id; customer_id=customer_id|customer_user; ordered_at=order_date; paid_at=paid_date|"
        "date_paid; status=status;"
        "amount=order_total; order_amount=order_subtotal; discount=discount_total|cart_discount; "
        "refund_amount=refunded_total;"
        "shipping_fee=shipping_total|order_shipping; currency=order_currency; coupon=coupon_items;"
        "pay_method=payment_method_title|payment_method; country=billing_country; province=billing_state; "
        "city=billing_city;"
        "name=billing_first_name; phone=billing_phone; email=billing_email; receiver_name=shipping_first_name;"
        "address=shipping_address_1|billing_address_1; remark=customer_note",
    ),
    _preset(
        "taobao_orders",
        "orders",
        "订单编号|买家会员名|买家应付货款|买家实际支付金额|订单创建时间",
        "order_id=订单编号; customer_id=买家会员名; ordered_at=订单创建时间; paid_at=订单付款时间; status=订单状态;"
        "product_name=宝贝标题; quantity=宝贝总数量; amount=买家实际支付金额; order_amount=总金额|买家应付货款;"
        "refund_amount=退款金额; shipping_fee=买家应付邮费; channel=店铺名称; receiver_name=收货人姓名;"
        "receiver_phone=联系手机; address=收货地址; remark=买家留言",
    ),
    _preset(
        "taobao_items",
        "orders",
        "订单编号|标题|价格|购买数量|外部系统编号",
        "order_id=订单编号|主订单编号; ordered_at=订单创建时间; paid_at=订单付款时间; product_id=外部系统编号;"
        "product_name=标题; unit_price=价格; quantity=购买数量; status=订单状态; amount=买家实际支付金额; "
        "remark=备注",
    ),
    _preset(
        "jd_orders",
        "orders",
        "订单号|下单账号|京东价|下单时间|订单状态",
        "order_id=订单号; customer_id=下单账号|下单帐号; ordered_at=下单时间; paid_at=付款确认时间; status=订单状态;"
        "product_id=商品ID; product_name=商品名称; quantity=订购数量; unit_price=京东价; "
        "order_amount=订单金额; amount=结算金额|应付金额;"
        "shipping_fee=运费金额; pay_method=支付方式; channel=订单来源; receiver_name=客户姓名; "
        "address=客户地址; receiver_phone=联系电话;"
        "remark=订单备注",
    ),
    _preset(
        "jd_orders_2",
        "orders",
        "订单号|下单帐号|京东价|下单时间|订单状态",
        "order_id=订单号; customer_id=下单帐号; ordered_at=下单时间; paid_at=付款确认时间; status=订单状态; "
        "product_id=商品ID;"
        "product_name=商品名称; quantity=订购数量; unit_price=京东价; order_amount=订单金额; "
        "amount=结算金额|应付金额;"
        "shipping_fee=运费金额; pay_method=支付方式; channel=订单来源; receiver_name=客户姓名; "
        "address=客户地址; receiver_phone=联系电话;"
        "remark=订单备注",
    ),
    _preset(
        "pinduoduo_orders",
        "orders",
        "订单号|商品总价(元)|商家实收金额(元)|拼单成功时间",
        "order_id=订单号; ordered_at=订单成交时间|拼单成功时间; paid_at=支付时间; status=订单状态; "
        "product_id=商品id; product_name=商品;"
        "quantity=商品数量(件); order_amount=商品总价(元); amount=用户实付金额(元)|商家实收金额(元); "
        "discount=店铺优惠折扣(元);"
        "shipping_fee=邮费(元); receiver_name=收货人|收件人; receiver_phone=手机|收货人手机; province=省; "
        "city=市; address=街道|收货地址;"
        "remark=商家备注",
    ),
    _preset(
        "douyin_orders",
        "orders",
        "主订单编号|子订单编号|选购商品|订单应付金额|订单提交时间",
        "order_id=主订单编号; ordered_at=订单提交时间; paid_at=支付完成时间; status=订单状态; "
        "product_id=商品ID; product_name=选购商品;"
        "quantity=商品数量; unit_price=商品单价; order_amount=商品金额; amount=订单应付金额; "
        "discount=优惠总金额; shipping_fee=运费;"
        "pay_method=支付方式; channel=APP渠道; receiver_name=收件人; receiver_phone=收件人手机号; "
        "province=省; city=市; address=详细地址;"
        "remark=买家留言",
    ),
    _preset(
        # Here the price of an item is of all its pieces together.
        "amazon_orders",
        "orders",
        "amazon-order-id|purchase-date|order-status|item-price|sales-channel",
        "order_id=amazon-order-id; ordered_at=purchase-date; status=order-status; channel=sales-channel; "
        "product_id=sku;"
        "product_name=product-name; quantity=quantity; amount=item-price; currency=currency; "
        "discount=item-promotion-discount;"
        "shipping_fee=shipping-price; city=ship-city; province=ship-state; country=ship-country; name=buyer-name;"
        "email=buyer-email",
    ),
    _preset(
        "youzan_customers",
        "customers",
        "客户姓名|手机号|成为客户时间|累计消费金额|购次",
        "customer_id=客户ID|有赞客户ID|yz_open_id; name=客户姓名; phone=手机号; gender=性别; birthday=生日; "
        "province=省份; city=城市; level=会员等级|免费等级;"
        "tags=标签|客户标签; origin=客户来源|来源渠道; registered_at=成为客户时间; points=积分|客户积分; "
        "balance=储值余额|客户储值余额;"
        "owner=专属导购|归属导购",
    ),
    _preset(
        "uci_retail",
        "orders",
        "InvoiceNo|StockCode|Description|Quantity|InvoiceDate|UnitPrice",
        "order_id=InvoiceNo; customer_id=CustomerID; ordered_at=InvoiceDate; product_id=StockCode; "
        "product_name=Description;"
        "quantity=Quantity; unit_price=UnitPrice; country=Country",
    ),
    _preset(
        "uci_retail_2",
        "orders",
        "Invoice|StockCode|Description|Quantity|InvoiceDate|Price",
        "order_id=Invoice; customer_id=Customer ID; ordered_at=InvoiceDate; product_id=StockCode; "
        "product_name=Description;"
        "quantity=Quantity; unit_price=Price; country=Country",
    ),
    _preset(
        "salesforce_leads",
        "customers",
        "LastName|Company|LeadSource|Status",
        "customer_id=Id|LeadId; name=Name; first_name=FirstName; last_name=LastName; phone=MobilePhone|"
        "Phone; email=Email;"
        "company=Company; job_title=Title; industry=Industry; employees=NumberOfEmployees; "
        "annual_revenue=AnnualRevenue;"
        "website=Website; address=Street; city=City; province=State; country=Country; zip=PostalCode; "
        "origin=LeadSource;"
        "lead_status=Status; owner=OwnerId; registered_at=CreatedDate; last_active_at=LastActivityDate",
    ),
    _preset(
        "salesforce_contacts",
        "customers",
        "LastName|AccountId|MailingCity|Email",
        "customer_id=Id|ContactId; name=Name; first_name=FirstName; last_name=LastName; phone=MobilePhone|"
        "Phone; email=Email;"
        "birthday=Birthdate; job_title=Title; address=MailingStreet; city=MailingCity; province=MailingState;"
        "country=MailingCountry; zip=MailingPostalCode; origin=LeadSource; owner=OwnerId; registered_at=CreatedDate;"
        "last_active_at=LastActivityDate",
    ),
    _preset(
        "hubspot_contacts",
        "customers",
        "Record ID|First Name|Last Name|Email|Lifecycle Stage",
        "customer_id=Record ID; first_name=First Name; last_name=Last Name; email=Email; phone=Phone Number|"
        "Mobile Phone Number;"
        "company=Associated Company|Company Name; job_title=Job Title; industry=Industry; city=City; "
        "province=State/Region;"
        "country=Country/Region|Country; zip=Postal Code; website=Website URL; owner=Contact owner; "
        "lead_status=Lead Status|Lifecycle Stage;"
        "lead_score=HubSpot Score; origin=Original Source|Original Traffic Source; registered_at=Create "
        "Date; last_active_at=Last Activity Date",
    ),
    _preset(
        "ga4_events",
        "events",
        "event_name|event_timestamp|user_pseudo_id",
        "customer_id=user_id; anonymous_id=user_pseudo_id; event=event_name; occurred_at=event_timestamp;"
        "session_id=ga_session_id|session_id; page_url=page_location; device=device.category|device_category;"
        "campaign=traffic_source.name|campaign; value=event_value_in_usd|ecommerce.purchase_revenue",
    ),
    _preset(
        "segment_events",
        "events",
        "anonymous_id|received_at|original_timestamp|event",
        "event_id=id|message_id; customer_id=user_id; anonymous_id=anonymous_id; event=event; "
        "occurred_at=timestamp|original_timestamp;"
        "page_url=context_page_url; device=context_device_type|context_os_name; campaign=context_campaign_name",
    ),
    _preset(
        "segment_events_camel",
        "events",
        "anonymousId|receivedAt|originalTimestamp|event",
        "event_id=messageId; customer_id=userId; anonymous_id=anonymousId; event=event; "
        "occurred_at=timestamp|originalTimestamp;"
        "page_url=context.page.url; device=context.device.type; campaign=context.campaign.name",
    ),
)


def known_export(headers: Iterable[str]) -> tuple[Preset, dict[str, str]] | None:
    """The export these headers give away and its columns (canonical column -> header), the fullest signature first."""
    present = {bare(header): header for header in headers}
    fitting = [preset for preset in PRESETS if present.keys() >= set(preset.signature)]
    if not fitting:
        return None
    preset = max(fitting, key=lambda preset: len(preset.signature))
    found = (
        (target, next((name for name in names if name in present), None)) for target, names in preset.columns.items()
    )
    return preset, {target: present[name] for target, name in found if name is not None}
