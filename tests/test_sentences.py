"""Numbers and reasons as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.labels import LANGUAGES, Language
from motherlode.sentences import (
    action,
    between,
    counted,
    figure,
    money,
    order_sentences,
    percent,
    reason_sentence,
    winners_sentence,
)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (12_345, "1.2万", "12.3K"),
        (120_000, "12万", "120K"),
        (999_951, "100万", "1M"),
        (8_008_923, "800.9万", "8M"),
        (376_000_000, "3.8亿", "376M"),
        (99_999_999, "1亿", "100M"),
        (2.5e9, "25亿", "2.5B"),
        (-12_345, "-1.2万", "-12.3K"),
    ],
)
def test_a_figure_is_short_in_either_language(value: float, zh: str, en: str) -> None:
    assert (figure(value, "zh"), figure(value, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [(0.5, "CNY", "¥0.50"), (2, "GBP", "£2"), (45.32, "GBP", "£45"), (-1234, "USD", "-$1,234"), (7, "XAU", "XAU 7")],
)
def test_money_has_its_currency_and_hundredths_only_where_they_matter(value: float, currency: str, said: str) -> None:
    assert money(value, "en", currency) == said


@given(st.floats(-1e12, 1e12))
def test_a_figure_is_never_longer_than_its_unit_allows(value: float) -> None:
    assert len(figure(value, "en").lstrip("-")) <= 9
    assert "1,000K" not in figure(value, "en")


def test_an_interval_is_said_in_the_language() -> None:
    assert between(1, 20_000, "zh", "CNY") == "¥1 至 ¥2万"
    assert between(1, 20_000, "en", "CNY") == "¥1 to ¥20K"


def test_an_action_says_what_it_offers() -> None:
    assert action({"play": "cross_sell", "offered": "TEA"}, "en") == "Cross-sell: TEA"
    assert action({"play": "cross_sell", "offered": "茶"}, "zh") == "交叉销售：茶"
    assert action({"play": "retain", "offered": None}, "en") == "Retain"


def test_one_is_singular_in_english() -> None:
    assert [counted(value, "day", "en") for value in (1, 2, 6.25, 223.6)] == ["1 day", "2 days", "6.2 days", "224 days"]
    assert counted(1, "day", "zh") == "1 天"


def test_a_share_is_in_hundredths() -> None:
    assert (percent(0.7324), percent(0.7324, 0)) == ("73.2%", "73%")


@pytest.mark.parametrize(
    ("reason", "actual", "benchmark", "zh", "en"),
    [
        (
            "overdue", 24, 7.73,
            "24 天没有下单，通常每 7.7 天下一单",
            "No order for 24 days; the usual gap is 7.7 days",
        ),
        (
            "own_decline", 0.66, 1.27,
            "近 13 周消费较自己往常低 34%，可比客户整体较往常高 27%",
            "Last 13 weeks 34% below the former level; comparable customers 27% above theirs",
        ),
        (
            "own_decline", 0.58, 0.998,
            "近 13 周消费较自己往常低 42%，可比客户整体较往常持平",
            "Last 13 weeks 42% below the former level; comparable customers level with theirs",
        ),
        (
            "order_rhythm", 0, 17.3,
            "今天下过单，通常每 17 天下一单",
            "Ordered today; the usual gap is 17 days",
        ),
        (
            "not_back", 90, 46.9,
            "只在 90 天前那天下过单，其他客户通常 47 天后再来",
            "The only order day was 90 days ago; others come back after 47 days",
        ),
        (
            "gap_to_peer", 26_600, 50_900,
            "一年消费 £2.7万，标杆客户为 £5.1万",
            "Spends £26.6K a year; the benchmark peer spends £50.9K",
        ),
    ],
)  # fmt: skip
def test_a_reason_is_a_sentence_with_its_two_numbers(
    reason: str, actual: float, benchmark: float, zh: str, en: str
) -> None:
    assert reason_sentence(reason, actual, benchmark, "zh", "GBP") == zh
    assert reason_sentence(reason, actual, benchmark, "en", "GBP") == en


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_without_its_numbers_is_still_named(language: Language) -> None:
    assert reason_sentence("overdue", 12, None, language, "CNY") == reason_sentence("overdue", None, 3, language, "CNY")
    assert "{" not in reason_sentence("reported_churned", None, None, language, "CNY")


def test_a_strangers_reason_is_its_code() -> None:
    assert reason_sentence("likes_tea", 1, 2, "en", "CNY") == "likes_tea"


def test_the_order_of_winners_is_told_with_days_and_what_the_customer_did() -> None:
    row = {
        "first_move": "came_back", "first_days": 20.0, "then_move": "placed_bigger_order", "then_days": 200.0,
        "own_first_days": 40.0, "own_then_days": None, "order_winners_share": 0.8, "order_losers_share": 0.25,
    }  # fmt: skip
    assert order_sentences(row, "en") == [
        "winners first came back (day 20), then placed a bigger order (month 7)",
        "80% of winners did so, 25% of the others",
        "this customer came back (day 40)",
        "not by this customer so far: placed a bigger order",
    ]
    assert order_sentences(row, "zh")[0] == "赢家先再次下单（第 20 天），再下更大的单（第 7 个月）"


def test_a_single_move_has_no_second_and_nothing_is_told_of_nothing() -> None:
    row = {"first_move": "came_back", "first_days": 20.0, "then_move": "", "then_days": None}
    assert winners_sentence(row, "en") == "winners came back by day 20"
    assert winners_sentence({"first_move": None}, "en") == winners_sentence({}, "zh") == ""
