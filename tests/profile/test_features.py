"""What single figures say of small shops, and that nothing after the day is seen."""

from datetime import date, timedelta

AS_OF = date(2024, 6, 30)


def order(who, days_ago, amount, **more):
    return {"customer_id": who, "ordered_on": AS_OF - timedelta(days=days_ago), "amount": amount, **more}


def test_money_falls_into_the_window_of_its_day(shop):
    orders = [
        order("ann", 0, 1),
        order("ann", 364, 10),
        order("ann", 365, 100),
        order("ann", 729, 1000),
        order("ann", 730, 10000),
    ]
    ann = shop(AS_OF, orders=orders).of("features")["ann"]
    assert (ann["spend_365d"], ann["spend_prior_365d"], ann["spend_all"]) == (11.0, 1100.0, 11111.0)


def test_an_order_of_tomorrow_is_not_seen(shop):
    orders = [order("ann", 3, 10), order("ann", -1, 500)]
    ann = shop(AS_OF, orders=orders).of("features")["ann"]
    assert (ann["spend_all"], ann["idle_days"], ann["largest_order"]) == (10.0, 3, 10.0)


def test_who_never_bought_has_zero_money_and_no_idle_days(shop):
    cat = shop(AS_OF, customers=[{"customer_id": "cat"}]).of("features")["cat"]
    assert (cat["spend_365d"], cat["orders_all"], cat["idle_days"], cat["aov_365d"]) == (0.0, 0, None, None)


def test_two_orders_on_one_day_are_one_active_day(shop):
    ann = shop(AS_OF, orders=[order("ann", 5, 10), order("ann", 5, 20), order("ann", 9, 30)]).of("features")["ann"]
    assert (ann["orders_all"], ann["active_days"], ann["aov_365d"]) == (3, 2, 20.0)


def test_margin_is_empty_where_no_cost_is_known_and_counts_only_costed_orders(shop):
    orders = [order("ann", 5, 10), order("bob", 5, 10), order("bob", 6, 30, cost=18)]
    rows = shop(AS_OF, orders=orders).of("features")
    assert (rows["ann"]["margin_365d"], rows["bob"]["margin_365d"], rows["bob"]["costed_spend_365d"]) == (
        None,
        12.0,
        30.0,
    )


def test_growth_is_the_last_quarter_over_the_one_before(shop):
    rows = shop(AS_OF, orders=[order("ann", 90, 30), order("ann", 91, 60), order("bob", 1, 5)]).of("features")
    assert (rows["ann"]["growth_13w"], rows["bob"]["growth_13w"]) == (0.5, None)


def test_coupon_and_discount_shares_are_parts_of_the_year(shop):
    orders = [order("ann", 5, 90, discount=10, with_coupon=True), order("ann", 6, 100)]
    ann = shop(AS_OF, orders=orders).of("features")["ann"]
    assert (ann["coupon_share_365d"], ann["discount_share_365d"]) == (0.5, 0.05)


def test_returned_lines_are_not_breadth(shop):
    def line(product, kind):
        return {
            "customer_id": "ann",
            "ordered_on": AS_OF,
            "product_id": product,
            "category": product,
            "kind": kind,
            "amount": 1,
        }

    ann = shop(AS_OF, order_lines=[line("tea", "sale"), line("cup", "return"), line("pot", "refunded")]).of("features")[
        "ann"
    ]
    assert (ann["products_365d"], ann["categories_365d"]) == (2, 2)


def test_deals_and_events_are_counted_by_what_they_are(shop):
    deals = [
        {"customer_id": "acme", "outcome": outcome, "opened_on": AS_OF} for outcome in ("won", "won", "lost", "open")
    ]
    events = [
        {"customer_id": "acme", "occurred_on": AS_OF - timedelta(days=d), "session_id": f"s{d % 2}"}
        for d in (0, 2, 28, 91)
    ]
    acme = shop(AS_OF, deals=deals, events=events).of("features")["acme"]
    assert [acme[name] for name in ("deals_won", "deals_lost", "deals_open")] == [2, 1, 1]
    assert [acme[name] for name in ("events_28d", "events_13w", "sessions_28d")] == [2, 3, 1]


def test_behaviour_is_told_by_kind_and_by_how_long_ago(shop):
    events = [
        {"customer_id": "ann", "occurred_on": AS_OF - timedelta(days=ago), "event": said}
        for ago, said in (
            (-1, "Product Added"),
            (3, "Product Viewed"),
            (5, "加入购物车"),
            (30, "add_to_cart"),
            (31, "login"),
        )
    ]
    rows = shop(AS_OF, customers=[{"customer_id": "ann"}, {"customer_id": "bob"}], events=events).of("features")
    told = ("views_28d", "carts_28d", "event_kinds_13w", "unseen_days")
    assert [rows["ann"][name] for name in told] == [1, 1, 4, 3]
    assert [rows["bob"][name] for name in told] == [0, 0, 0, None]


def test_poor_ratings_are_counted_and_good_ones_are_not(shop):
    said = [{"rating": 1.0}, {"rating": 5.0}, {"nps": 6.0}, {"nps": 9.0}, {"text": "?"}]
    feedback = [{"customer_id": "ann", "given_on": AS_OF - timedelta(days=9), **each} for each in said]
    feedback.append({"customer_id": "ann", "given_on": AS_OF - timedelta(days=365), "rating": 1.0})
    ann = shop(AS_OF, feedback=feedback).of("features")["ann"]
    assert (ann["complaints_365d"], ann["mean_rating_365d"], ann["statements_365d"]) == (2, 3.0, 5)
