"""Names of columns as companies write them, in Chinese and English: the surest first within each meaning.

A meaning is named for the canonical column it becomes; those that become another one, or only in some tables, say so
in `TARGETS`.
"""

# Where a meaning is not simply the column of its own name in every table that has one.
TARGETS: dict[str, str] = {
    "name": "customers.name orders.name",
    "phone": "customers.phone orders.phone",
    "email": "customers.email orders.email",
    "address": "customers.address orders.address",
    "province": "customers.province orders.province",
    "city": "customers.city orders.city",
    "country": "customers.country orders.country",
    "owner": "customers.owner deals.owner",
    "deal_stage": "deals.stage",
    "deal_amount": "deals.amount",
    "close_date": "deals.closed_at",
    "order_time": "orders.ordered_at",
    "pay_time": "orders.paid_at",
    "order_status": "orders.status",
    "paid_amount": "orders.amount",
    "event_name": "events.event",
    "event_time": "events.occurred_at",
    "review_text": "feedback.text",
    "review_rating": "feedback.rating",
    "refuses_marketing": "customers.marketing_consent",
    "loosely_product_name": "products.product_name orders.product_name",
    "list_price": "products.unit_price",
    "number_of_a_contact": "customers.customer_id",
    "cost": "spend.cost touches.cost",
    "number_of_the_person": "customers.previous_id orders.customer_id events.customer_id feedback.customer_id",
    "channel": "orders.channel feedback.channel touches.channel consents.channel spend.channel",
}

NAMES: dict[str, str] = {
    "customer_id": (
        "客户编号 · 客户ID · 客户号 · 客户代码 · 客户编码 · 会员ID · 会员编号 · 会员号 · 会员卡号 · "
        "卡号 · 用户ID · 用户编号 · 用户号 · 用户账号 · 用户帐号 · 买家ID · 买家编号 · 顾客ID · "
        "顾客编号 · 消费者ID · 客户uid · uid · userid · user_id · customer_id · customerid · "
        "cust_id · client_id · memberid · member_id · member_no · contact_id · 客户帐号 · "
        "CustomerID · 账号ID · 神策ID · distinct_id · openid · unionid · external_userid · "
        "CLIENTNUM · household_id · cust_no · customer_no · "
        "customer_number · customer_code · account_id · contactid · customer_key · buyer_id · "
        "客户卡号 · 会员代码 · 会员编码 · 用户标识 · "
        "购货单位 · 往来单位 · 购货方 · 购买方名称 · "
        "用户openid · 买家openid · 微信openid · open_id · user_openid · buyer_openid · "
        "associated contact ids · associated contact id · primary contact id · "
    ),
    "name": (
        "客户姓名 · 客户名称 · 客户名 · 会员姓名 · 会员名称 · 姓名 · 名字 · 用户姓名 · 用户名称 · "
        "用户名 · 买家姓名 · 买家会员名 · 买家昵称 · 买家名称 · 昵称 · 微信昵称 · 旺旺号 · "
        "旺旺昵称 · 客户昵称 · 下单帐号 · 下单账号 · 顾客姓名 · 联系人 · 联系人姓名 · name · "
        "full_name · fullname · customer_name · customer · display_name · billing_name · "
        "buyer_name · contact_name · nickname · contactname"
    ),
    "first_name": "first_name · firstname · given_name · 名 · billing_first_name · first · forename",
    "last_name": "last_name · lastname · surname · family_name · 姓 · 姓氏 · billing_last_name · last",
    "phone": (
        "手机号 · 手机号码 · 手机 · 电话 · 联系电话 · 联系手机 · 客户手机 · 客户手机号 · 客户电话 · "
        "会员手机 · 会员手机号 · 买家手机 · 买家手机号 · 用户手机 · 用户手机号 · 绑定手机 · "
        "注册手机 · 移动电话 · phone · mobile · tel · telephone · phone_number · mobile_phone · "
        "mobilephone · billing_phone · cell · customer_phone · 手机号(必填) · "
        "联系方式 · 联系人电话 · 会员电话 · 注册手机号"
    ),
    "email": (
        "邮箱 · 电子邮箱 · 电子邮件 · 邮件地址 · 邮箱地址 · e-mail · email · mail · email_address · "
        "billing_email · customer_email"
    ),
    "gender": "性别 · gender · sex · 客户性别 · 会员性别",
    "birthday": ("生日 · 出生日期 · 出生年月 · 会员生日 · birthday · birth_date · date_of_birth · dob · birthdate"),
    "age": "年龄 · age · 客户年龄",
    "id_card": ("身份证 · 身份证号 · 身份证号码 · 证件号 · 证件号码 · id_card · id_number · idcard · national_id"),
    "province": (
        "省 · 省份 · 所在省 · 省/直辖市 · 收货省份 · province · state · region · billing_state · "
        "shipping_province · 省/州"
    ),
    "city": (
        "市 · 城市 · 所在城市 · 所在地 · 城市名称 · 收货城市 · city · billing_city · "
        "shipping_city · default_address_city · town"
    ),
    "district": "区 · 县 · 区/县 · 区县 · 地区 · district · county",
    "address": (
        "地址 · 详细地址 · 客户地址 · 联系地址 · 收货地址 · 收货人地址 · address · street · "
        "address1 · billing_address · shipping_address · billing_address_1 · billing_address1 · "
        "address_1 · default_address_address1"
    ),
    "level": (
        "会员等级 · 等级 · 客户等级 · 客户级别 · 会员级别 · 级别 · 免费等级 · 付费等级 · vip等级 · "
        "level · tier · grade · rating · membership · customer_tier · 客户分级 · "
        "卡类型 · 会员卡类型 · 会员类型 · 会员卡等级 · 卡级别 · 卡等级"
    ),
    "tags": "标签 · 客户标签 · 用户标签 · 会员标签 · tags · tag · labels · label",
    "origin": (
        "来源 · 客户来源 · 会员来源 · 注册来源 · 注册渠道 · 获客渠道 · 线索来源 · 来源渠道 · "
        "渠道来源 · source · lead_source · leadsource · original_source · acquisition_channel · "
        "utm_source · signup_source"
    ),
    "registered_at": (
        "注册时间 · 注册日期 · 入会时间 · 入会日期 · 开卡时间 · 成为会员时间 · 成为客户时间 · "
        "创建时间 · 创建日期 · 首次到访 · registered_at · registration_date · signup_date · "
        "sign_up_date · created_date · create_date · createdate · createddate · created_at · "
        "user_registered · date_registered · join_date"
    ),
    "balance": "余额 · 储值余额 · 客户储值余额 · 账户余额 · balance · store_credit",
    "points": "积分 · 客户积分 · 会员积分 · 可用积分 · points · loyalty_points · score_points",
    "marketing_consent": (
        "营销授权 · 是否同意营销 · 接收短信 · 是否接受推送 · 接受营销 · accepts_marketing · "
        "accepts_email_marketing · accepts_sms_marketing · opt_in · marketing_consent · "
        "marketing_opt_in · subscribed · newsletter · is_subscribed · 订阅营销 · 允许营销 · "
        "同意接收营销信息"
    ),
    "company": (
        "公司 · 公司名称 · 企业 · 企业名称 · 单位 · 单位名称 · 客户公司 · 账户名称 · company · "
        "company_name · account · account_name · organization · organisation · billing_company · "
        "客户单位"
    ),
    "industry": "行业 · 所属行业 · 所处行业 · industry · sector · vertical",
    "employees": (
        "员工数 · 人员规模 · 公司规模 · 企业规模 · 员工人数 · employees · number_of_employees · "
        "numberofemployees · company_size · headcount"
    ),
    "annual_revenue": "年收入 · 年营业额 · 年营收 · 营业额 · annual_revenue · annualrevenue",
    "job_title": (
        "职位 · 职务 · 岗位 · emp_title · title · job_title · jobtitle · position · role · designation · contact_title"
    ),
    "website": "网址 · 官网 · 公司网址 · 网站 · website · url · company_domain_name · domain",
    "owner": (
        "负责人 · 跟进人 · 销售 · 业务员 · 销售负责人 · 归属销售 · 导购 · owner · contact_owner · "
        "owner_name · lead_owner · sales_rep · account_owner · 专属导购 · salesperson · "
        "sales_agent · account_manager · 客户经理 · 销售顾问 · 所属销售 · sales_person · "
        "sales_owner"
    ),
    "lead_status": (
        "线索状态 · 跟进状态 · 线索阶段 · 客户状态 · 状态 · lead_status · leadstatus · status · "
        "lifecycle_stage · lifecyclestage"
    ),
    "lead_score": "线索评分 · 线索分 · 评分 · lead_score · hubspot_score · score",
    "deal_name": "商机名称 · 商机 · opportunity_name · deal_name · dealname · opportunity",
    "deal_stage": "商机阶段 · 销售阶段 · 阶段 · stage · deal_stage · dealstage · stagename · stage_name",
    "deal_amount": (
        "商机金额 · 预计金额 · 预计销售金额 · deal_amount · amount · expected_revenue · amount_deal · "
        "close_value · deal_value · opportunity_amount · 预计收入 · 合同金额 · 签约金额"
    ),
    "close_date": (
        "预计成交日期 · 成交日期 · 预计结单日期 · close_date · closedate · expected_close_date · "
        "closed_at · 签约日期 · 结单日期 · 预计签单日期"
    ),
    "last_active_at": (
        "最后跟进时间 · 最近跟进时间 · 最近联系时间 · 上次跟进时间 · last_activity_date · "
        "last_contacted · lastactivitydate · notes_last_updated · 最近活跃时间 · last_seen · "
        "last_active"
    ),
    "order_id": (
        "订单号 · 订单编号 · 订单ID · 订单id · 交易号 · 交易编号 · 商户订单号 · 主订单编号 · "
        "平台订单号 · 原始单号 · 子订单编号 · 子订单号 · 单号 · 流水号 · 小票号 · order_id · "
        "order_no · orderid · order_number · order_sn · invoiceno · invoice_no · invoice · "
        "transaction_id · order · trade_no · order_name · order_number_formatted · basket_id · "
        "receipt_no · receipt_number · 销售单号 · 订单流水号 · 小票编号 · 消费单号 · 交易流水号 · "
        "单据编号 · 发票号 · 发票号码 · receipt_id · sale_id · transaction_no"
    ),
    "order_time": (
        "下单时间 · 下单日期 · 订单创建时间 · 订单时间 · 订单日期 · 购买时间 · 购买日期 · "
        "交易时间 · 交易日期 · 消费时间 · 消费日期 · 销售日期 · 销售时间 · 登记时间 · "
        "平台创建时间 · order_date · order_time · ordered_at · invoicedate · invoice_date · "
        "purchase_date · transaction_date · date · created_at_order · date_created · "
        "order_created_at · transaction_timestamp · sale_date · order_created_time · booking_date · "
        "purchased_at · 开单时间 · 开单日期 · 开票日期 · 开票时间 · 单据日期 · 日期"
    ),
    "pay_time": (
        "付款时间 · 支付时间 · 订单付款时间 · 付款确认时间 · 付款日期 · 成交时间 · paid_at · "
        "pay_time · payment_date · paid_date · date_paid · payment_time · 付款成功时间 · "
        "支付成功时间 · 订单支付时间"
    ),
    "order_status": (
        "订单状态 · 交易状态 · 状态_订单 · order_status · financial_status · fulfillment_status · "
        "payment_status · status_order"
    ),
    "order_amount": (
        "订单金额 · 订单总金额 · 总金额 · 应付金额 · 应付款 · 合计应收 · 买家应付货款 · 订单总价 · "
        "总价 · 商品总价 · 货款合计 · subtotal · order_amount · gross_amount · order_subtotal · "
        "total_amount · 京东价"
    ),
    "paid_amount": (
        "实付金额 · 实付款 · 实付 · 买家实际支付金额 · 实收金额 · 实际支付金额 · 实际结算 · "
        "结算金额 · 支付金额 · 付款金额 · 成交金额 · 消费金额 · 销售额 · 销售金额 · 金额 · 已付款 · "
        "总实付金额 · 订单实付金额 · total · amount · order_total · paid_amount · payment · "
        "amount_paid · total_price · revenue · net_sales · sales_value · line_total · order_value · "
        "实付总额 · 实际金额 · 实收 · 成交总额 · 折后金额 · dollar_value · net_amount · "
        "line_amount · amount_usd · "
        "价税合计 · 用户实付 · 顾客实付 · sales · spend · amount_spent · total_spend · total_spent · money_spent"
    ),
    "refund_amount": (
        "退款金额 · 退款 · 退货金额 · 退款总额 · refund_amount · refunded_amount · refund · amount_refunded"
    ),
    "discount": (
        "优惠金额 · 折扣 · 折扣金额 · 优惠 · 优惠券金额 · 抵扣金额 · discount · discount_amount · "
        "cart_discount · order_discount"
    ),
    "shipping_fee": (
        "运费 · 运费金额 · 邮费 · 买家应付邮费 · 应收邮资 · 快递费 · shipping · shipping_cost · "
        "shipping_fee · order_shipping · freight"
    ),
    "currency": "币种 · 货币 · currency · currency_code · order_currency",
    "coupon": "优惠券 · 优惠码 · 券码 · discount_code · coupon · coupon_code · promo_code",
    "pay_method": ("支付方式 · 付款方式 · 结算方式 · payment_method · pay_method · pay_type · payment_gateway"),
    "channel": (
        "渠道 · 销售渠道 · 订单来源 · 订单渠道 · 平台 · 店铺 · 店铺名称 · 店铺名 · 门店 · "
        "门店名称 · 所属店铺 · 平台类型 · channel · sales_channel · shop · shop_name · store · "
        "store_name · platform · location · 来源平台 · 媒体 · 投放渠道 · 媒介 · utm_medium · "
        "medium · media · network · 广告平台 · 触达渠道 · 触达方式 · 跟进方式 · 沟通方式 · 拜访方式 · publisher"
    ),
    "product_id": (
        "商品ID · 商品编号 · 商品编码 · 商品代码 · 货号 · 商品货号 · sku · sku编码 · 商家编码 · "
        "规格编码 · 宝贝ID · product_id · productid · item_id · stockcode · stock_code · "
        "lineitem_sku · sku_id · asin · asin_isbn · isbn · item_sku · "
        "upc · barcode · ean · gtin · 条码 · 商品条码 · 条形码"
    ),
    "product_name": (
        "商品名称 · 商品名 · 商品标题 · 商品 · 宝贝标题 · 标题 · 宝贝名称 · 品名 · 产品名称 · "
        "产品 · 下单产品 · product · product_name · product_title · item · item_name · "
        "lineitem_name · description_item · "
        "项目名称 · 服务项目"
    ),
    "category": (
        "商品类目 · 类目 · 分类 · 商品分类 · 品类 · 类别 · 宝贝种类 · category · product_category · category_code · "
        "product_type · cat · product_line · department · series · 系列 · 产品线 · 产品类别 · "
        "大类 · 一级类目 · family · product_family · subcategory · "
        "商品大类"
    ),
    "quantity": (
        "数量 · 购买数量 · 商品数量 · 订购数量 · 产品数量 · 宝贝总数量 · 件数 · 销售数量 · qty · "
        "quantity · count · lineitem_quantity · item_qty · "
        "实发数量 · 销量 · 出库数量"
    ),
    "unit_price": (
        "单价 · 价格 · 商品价格 · 商品单价 · 售价 · 零售价 · price · unit_price · unitprice · "
        "lineitem_price · item_price · 成交单价 · "
        "含税单价 · 销售单价 · 实际单价 · "
        "销售价 · sales_price · sale_price"
    ),
    "remark": (
        "备注 · 买家留言 · 订单备注 · 卖家备注 · 客服备注 · 商家备注 · note · notes · remark · "
        "comment · customer_note · memo · 买家备注"
    ),
    "receiver_name": "收货人 · 收货人姓名 · 收件人 · shipping_name · recipient · receiver_name · 收件人姓名",
    "receiver_phone": (
        "收货人手机 · 收货人手机号 · 收货人电话 · 收件人手机 · shipping_phone · receiver_phone · "
        "receiver_mobile · 收件人电话"
    ),
    "country": (
        "国家 · 国家二字码 · country · country_code · billing_country · shipping_country · default_address_country_code"
    ),
    "zip": (
        "邮编 · 邮政编码 · zip · zipcode · postal_code · postcode · billing_zip · shipping_zip · "
        "billing_postcode · default_address_zip"
    ),
    "event_name": (
        "事件 · 事件名 · 事件名称 · 行为 · 行为类型 · 动作 · 操作 · event · event_name · "
        "eventname · event_type · behavior · behavior_type · action · behaviour"
    ),
    "event_time": (
        "事件时间 · 行为时间 · 发生时间 · 触发时间 · 时间戳 · 时间 · time · timestamp · "
        "event_time · ts · datetime · occurred_at · received_at · originaltimestamp · sent_at"
    ),
    "session_id": "会话ID · 会话 · session_id · sessionid · session · user_session",
    "page_url": (
        "页面地址 · 页面 · 页面URL · url_page · page_url · page_location · current_url · landing_page · 页面路径"
    ),
    "device": (
        "设备 · 设备类型 · 终端 · device · device_type · platform_device · os · os_name · "
        "operating_system · device_category · 操作系统 · platform · 平台 · 终端类型 · 浏览器 · "
        "user_agent · client"
    ),
    "campaign": (
        "活动 · 活动名称 · 营销活动 · 推广计划 · 计划名称 · campaign · campaign_name · "
        "utm_campaign · campaign_id · acquisition_channel · 活动ID · 活动编号 · 推广活动 · "
        "utm_campaign_name · adcampaign · 广告系列 · 广告计划 · campaign_code"
    ),
    "cost": (
        "花费 · 消耗 · 广告花费 · 投放金额 · 成本 · 推广费用 · cost · spend · ad_spend · ad_cost · "
        "amount_spent · 消费 · 费用 · 推广花费 · media_cost · 总花费 · 花费金额 · 消耗金额 · "
        "adcost · 触达成本"
    ),
    "impressions": "曝光 · 曝光量 · 展现量 · 展示次数 · impressions · views_ad",
    "clicks": "点击 · 点击量 · 点击数 · clicks",
    "review_text": (
        "评价 · 评价内容 · 评论 · 评论内容 · 反馈 · 反馈内容 · 意见 · 留言 · 工单内容 · "
        "comment_text · review · review_text · feedback · content · text · body · message · "
        "reviews.text · comments · review_body · verbatim · 用户评论 · 评价详情 · 评论正文 · "
        "客户意见 · description_feedback · open_text · 建议 · 意见建议 · 问题描述"
    ),
    "review_rating": (
        "评分星级 · 星级 · 打分 · 满意度 · 满意度评分 · 评价星级 · rating_review · stars · "
        "star_rating · review_rating · rating_score · rating · score · 评分 · 分数 · stars_given · "
        "csat · csat_score · 评价等级 · reviews.rating · overall"
    ),
    "nps": (
        "NPS · nps_score · 推荐意愿 · 推荐分 · nps评分 · recommend_score · "
        "likelihood_to_recommend · how_likely_to_recommend · 推荐度 · 推荐指数 · nps_rating"
    ),
    "anonymous_id": (
        "anonymous_id · visitor_id · 访客ID · anonymousid · user_pseudo_id · device_id · 设备ID · "
        "匿名ID · cookie_id · fullvisitorid"
    ),
    "refuses_marketing": (
        "退订 · 是否退订 · email_opt_out · hasoptedoutofemail · do_not_call · donotcall · "
        "unsubscribed · opt_out · 拒收短信 · 黑名单短信 · opted_out · emailoptout"
    ),
    "loosely_product_name": "description · title",
    "unit_cost": (
        "成本价 · 单位成本 · 采购价 · 进价 · 进货价 · 成本 · cost · unit_cost · cost_price · "
        "product_cost · standard_cost · purchase_price · cost_per_item · "
        "进货成本"
    ),
    "list_price": ("list_price · msrp · rrp · retail_price · 标价 · 吊牌价 · 市场价 · 原价"),
    "deal_id": (
        "商机编号 · 商机ID · 商机号 · opportunity_id · deal_id · opportunity_no · opp_id · dealid · opportunityid"
    ),
    "opened_at": (
        "商机创建时间 · 创建时间 · 创建日期 · engage_date · open_date · opened_at · start_date · "
        "created_date · createdate · created_at · 立项日期 · 发现日期"
    ),
    "event_id": "event_id · messageid · message_id · 事件ID · insert_id · eventid",
    "churned": (
        "churn · churned · is_churned · exited · attrition · attrition_flag · 是否流失 · 流失 · "
        "流失标记 · 已流失 · customer_status_churn · churn_label · churn_flag · churn_value · customer_churn · "
        "has_churned · is_churn · left_company · 是否离网 · 离网"
    ),
    "tenure_months": (
        "tenure_months · tenure · months_on_book · tenure_in_months · 入网月数 · 在网时长 · "
        "在网月数 · 会龄月 · months_as_customer"
    ),
    "inactive_months": "inactive_months · months_inactive · months_inactive_12_mon · 未活跃月数 · 不活跃月数",
    "spend_365d": (
        "spend_365d · 近一年消费金额 · 近一年消费 · 近12个月消费金额 · 年消费金额 · "
        "近365天消费金额 · spend_last_12_months · annual_spend"
    ),
    "orders_365d": (
        "orders_365d · 近一年消费次数 · 近一年订单数 · 近12个月消费次数 · 近365天订单数 · "
        "年消费次数 · orders_last_12_months"
    ),
    "treated": (
        "treatment · treated · is_treatment · 是否触达 · 是否营销 · 实验组 · exposed · is_treated · 分组 · test_group"
    ),
    "responded": (
        "responded · response · is_responded · converted · clicked · redeemed · 是否响应 · "
        "是否转化 · 是否核销 · 是否回复 · replied · conversion · accepted · accepted_offer · has_responded · "
        "subscribed · has_subscribed · y · 是否接受 · 是否订阅"
    ),
    "defaulted": (
        "defaulted · is_default · default_flag · default_payment_next_month · default_next_month · bad_flag · is_bad · "
        "good_bad · creditability · credit_risk · loan_default · has_defaulted · seriousdlqin2yrs · 是否违约 · 违约 · "
        "是否逾期 · 违约标记"
    ),
    "converted": (
        "converted · conversion · is_converted · has_converted · purchased · has_purchased · bought · purchase · "
        "acquired · acquisition · reacquired · reacquire · won_back · revenue · 是否成交 · 是否购买 · 是否转化 · "
        "是否下单 · 是否召回"
    ),
    "touched_at": (
        "触达时间 · 发送时间 · 推送时间 · 接触时间 · 拨打时间 · sent_at · send_time · touched_at · "
        "contact_date · sent_date · delivered_at · call_date · redemption_date · 发送日期 · 跟进时间 · 跟进日期 · "
        "拜访时间 · 拜访日期 · 回访时间 · 沟通时间 · 联系时间 · visit_date · call_time"
    ),
    "play": ("offer · 优惠内容 · 权益 · 话术 · offer_name · play · 活动内容 · 推送内容 · creative · template"),
    "propensity": "propensity · propensity_score · assignment_probability · 随机概率 · 分配概率",
    "granted": (
        "granted · consent · consented · 是否同意 · 同意 · 授权状态 · opt_in · opted_in · agreed · "
        "是否授权 · consent_status · consent_given"
    ),
    "purpose": (
        "purpose · 用途 · 目的 · 授权目的 · 授权用途 · consent_type · consent_purpose · 同意事项 · 授权类型 · 使用目的"
    ),
    "changed_at": (
        "changed_at · 授权时间 · 同意时间 · 签署时间 · consent_date · consented_at · consent_time · "
        "granted_at · 更新时间 · 变更时间 · updated_at · timestamp"
    ),
    "text_version": (
        "text_version · 协议版本 · 版本 · 隐私政策版本 · policy_version · version · consent_version · 条款版本"
    ),
    "spent_at": (
        "日期 · 投放日期 · 时间 · 统计日期 · date · day · week · month · week_start · period · "
        "report_date · date_start · reporting_starts · 消耗日期"
    ),
    "given_at": (
        "评价时间 · 评论时间 · 反馈时间 · 评价日期 · review_date · review_time · reviewed_at · "
        "submitted_at · 提交时间 · 创建时间 · 答题时间 · 工单创建时间 · date · time · created_at · "
        "提交答卷时间 · end_date · response_date · "
        "timestamp · created_date · respondedat · review_creation_date · review_created_at · feedback_date"
    ),
    "feedback_id": (
        "工单号 · 工单编号 · 工单ID · ticket_id · ticket · case_number · case_id · review_id · "
        "评价ID · 评论ID · 反馈编号 · respondent_id · response_id · 答卷编号 · feedback_id · survey_id · reviewid"
    ),
    "number_of_the_person": (
        "customer_unique_id · master_customer_id · golden_customer_id · one_id · person_id · 客户主编号 · "
        "统一客户编号 · 自然人编号"
    ),
    "number_of_a_contact": "record_id · hs_object_id · vid · unique_id",
}
