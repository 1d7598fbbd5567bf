"""Which header may be which column of one table: the name proposes, the contents confirm or veto."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from motherlode.collect.contents import Shape
from motherlode.collect.headers import bare, words
from motherlode.collect.languages import NAMES_ABROAD
from motherlode.collect.questions import asked
from motherlode.collect.vocabulary import NAMES, TARGETS
from motherlode.collect.words import COMBINATIONS, word_set
from motherlode.schemas import INPUTS, OUTCOMES, Column

# Below this a match is only shown: a wrong column costs more than a question.
SURE = 0.5

OWN = {
    "customers": "customer",
    "products": "product",
    "orders": "order",
    "events": "event",
    "feedback": "feedback",
    "touches": "campaign",
    "deals": "deal",
    "consents": "consent",
    "spend": "campaign",
}
# Words that mean one thing wherever they stand, so that an unknown word before them does not matter.
_PLAIN = word_set(
    "phone email gender birth city province district country zip industry employees website points discount"
    " refund freight currency coupon impressions clicks session address remark"
)
_VAGUE = word_set(
    "id name time amount total status stage kind text source channel cost months company website page level"
)
_PLAIN_MONEY = frozenset({"total", "amount", "payment", "revenue", "金额"})
_NEUTRAL = frozenset({"customer", "order"})
SEVERAL = word_set("customers users clients members guests buyers shoppers consumers subscribers")
_MONEY = frozenset(column.name for table in INPUTS.values() for column in table.columns if column.kind == "money")
# Of which kind an order is says nothing of what was bought.
_KIND_OF_ORDER = frozenset({"order", "kind"})
_NUMBERED_TWIN = re.compile(r"(.*\D)[ _-]*\d+")


class Match(msgspec.Struct, frozen=True):
    """One header as one column of one table."""

    header: str
    target: str
    confidence: float
    because: str


def _targets(meaning: str) -> dict[str, str]:
    """Column by table that a meaning of the vocabulary becomes."""
    if meaning in TARGETS:
        return dict(place.split(".", 1) for place in TARGETS[meaning].split())
    return {table.name: meaning for table in INPUTS.values() if any(column.name == meaning for column in table.columns)}


def _listed() -> dict[tuple[str, str], dict[str, float]]:
    """(table, bare name) -> column -> confidence."""
    known: dict[tuple[str, str], dict[str, float]] = {}
    for meaning, names in (*NAMES.items(), *NAMES_ABROAD.items()):
        for rank, name in enumerate(names.split(" · ")):
            confidence = 0.55 if meaning.startswith("loosely_") else 0.95 - 0.001 * min(rank, 60)
            for table, target in _targets(meaning).items():
                places = known.setdefault((table, bare(name)), {})
                places[target] = max(confidence, places.get(target, 0.0))
    # A file that was written with our own names of two words says what it means; one word, such as `value`, may not.
    for shape in INPUTS.values():
        for column in shape.columns:
            if "_" in column.name:
                known.setdefault((shape.name, bare(column.name)), {}).setdefault(column.name, 0.95)
    return known


LISTED = _listed()
_LONG_CHINESE = sorted({name for _, name in LISTED if len(name) >= 3 and ord(name[0]) >= 0x3400}, key=len, reverse=True)
_COMBINED = {
    table: [(frozenset(words_.split()), target) for target, row in columns.items() for words_ in row.split("|")]
    for table, columns in COMBINATIONS.items()
}


def _by_words(table: str, header: str) -> Iterator[tuple[str, float, str]]:
    said = words(header)
    known = frozenset(word for word in said if not word.startswith("?"))
    if not known or "other" in known or (table == "orders" and known == _KIND_OF_ORDER):
        return
    strange = len(said) > sum(not word.startswith("?") for word in said)
    for combination, target in _COMBINED[table]:
        if combination not in (known, known - {OWN[table]}):
            continue
        if not strange:
            yield (
                target,
                0.84 if OWN[table] in known or len(combination) > 1 or not combination <= _VAGUE else 0.62,
                "words",
            )
        elif said[-1] in combination and (len(combination) > 1 or known <= _PLAIN):
            yield target, 0.56, "part_of_name"
        else:
            yield target, 0.35, "part_of_name"


def _by_counting(table: str, header: str) -> Iterator[tuple[str, float, str]]:
    """ "Number of" something of the shop's own is how many of it were bought."""
    said = words(header)
    counts = len(said) == 2 and said[0].startswith("?") and said[1] == "quantity"
    if table == "orders" and counts and bare(header).startswith(("numberof", "numof", "noof")):
        yield "quantity", 0.55, "part_of_name"


def _by_ending(table: str, header: str) -> Iterator[tuple[str, float, str]]:
    """A long Chinese name at the end of a header, when what stands before it does not change it."""
    name = bare(header)
    ending = next((known for known in _LONG_CHINESE if name != known and name.endswith(known)), "")
    before = words(name[: -len(ending)]) if ending else ("other",)
    if all(word.startswith("?") or word in _NEUTRAL for word in before):
        for target in LISTED.get((table, ending), {}):
            yield target, 0.6, "part_of_name"


def _by_question(table: str, header: str) -> Iterator[tuple[str, float, str]]:
    """What a survey asks, where its header is the whole question."""
    if table == "feedback":
        yield from ((target, 0.84 - 0.01 * place, "words") for place, target in enumerate(asked(header)))


def named(table: str, header: str) -> dict[str, tuple[float, str]]:
    """Columns of `table` that the header alone suggests, each with confidence and ground."""
    found: dict[str, tuple[float, str]] = {
        target: (confidence, "name") for target, confidence in LISTED.get((table, bare(header)), {}).items()
    }
    for target, confidence, because in (
        *_by_words(table, header),
        *_by_counting(table, header),
        *_by_ending(table, header),
        *_by_question(table, header),
    ):
        if confidence > found.get(target, (0.0, ""))[0]:
            found[target] = (confidence, because)
    return found


_COUNTED = {"age": (0, 130), "nps": (0, 10), "rating": (0, 100), "tenure_months": (0, 900), "inactive_months": (0, 900)}
_NAMED = word_set(
    "name first_name last_name company product_name receiver_name city country job_title deal_name industry address"
)
_NUMBERED = word_set("customer_id order_id product_id deal_id event_id feedback_id anonymous_id session_id")


def _moment_fits(seen: Shape, header: str) -> bool:
    # A five-digit number is a day of a spreadsheet only where the header says that it is a time.
    says_time = bool({"time", "birth", "created", "active"} & set(words(header)))
    return seen.date >= 0.6 or (says_time and max(seen.epoch, seen.serial) >= 0.8)


def _number_fits(seen: Shape, column: Column, header: str) -> bool:
    # A bare "tenure" may count years: only a long one shows that it counts months.
    if column.name == "tenure_months" and "months" not in words(header) and not 36 <= seen.high <= 240:
        return False
    low, high = _COUNTED.get(column.name, (float("-inf"), float("inf")))
    # An age of 999 is dirt, not another meaning.
    return (
        seen.number >= 0.6
        and seen.low >= low - 1
        and (seen.high <= high or high == 130)
        and (seen.date < 0.9 or seen.whole > 0.9)
    )


def _money_fits(seen: Shape, target: str) -> bool:
    """A discount between nothing and all is a share of the price, and no money."""
    return target != "discount" or not (seen.low >= 0 and 0 < seen.high <= 1 and seen.whole < 1)


def _text_fits(seen: Shape, target: str) -> bool:
    if target == "phone" or target == "receiver_phone":
        return seen.phone >= 0.5 and seen.date < 0.5
    if target == "email":
        return seen.email >= 0.5
    if target == "id_card":
        return seen.id_card >= 0.5
    calendar = seen.date > 0.8 and seen.whole < 0.8
    if target in _NUMBERED:
        decimals = seen.number > 0.9 and seen.whole < 0.5 and seen.phone < 0.5
        # A mobile or an e-mail as the customer's number would carry the person into the warehouse.
        personal = target == "customer_id" and max(seen.mobile, seen.email, seen.id_card) >= 0.8
        return (
            not personal
            and not calendar
            and not decimals
            and seen.length <= 64
            and not (seen.filled > 50 and seen.distinct <= 2)
        )
    if target in _NAMED:
        return seen.number < 0.8 and not calendar and seen.email < 0.5
    if target == "text":
        return seen.number < 0.5 and not calendar and seen.length > 2
    if target in {"gender", "currency", "stage", "pay_method"}:
        return not calendar and seen.distinct <= max(40, seen.filled * 0.2) and seen.email == 0
    # Regions as separate yes-no columns are not a region.
    return not calendar and not (
        seen.flag >= 0.9 and target in {"province", "district", "zip", "origin", "tags", "status", "event"}
    )


def _flag_fits(seen: Shape, target: str) -> bool:
    if target in OUTCOMES and seen.rows > 2 and seen.distinct < 2:
        # What is the same for everybody is no outcome.
        return False
    in_own_words = {"churned", "defaulted", "treated", "marketing_consent"}
    return seen.distinct <= 3 and (seen.flag >= 0.8 or target in in_own_words)


def _customer_fits(table: str, seen: Shape, target: str, header: str) -> bool:
    """A mere "customer" is a number where most cells are, and a name otherwise; mere "customers" are counted."""
    if target not in {"customer_id", "name"} or words(header) != ("customer",):
        return True
    if bare(header) in SEVERAL and seen.number >= 0.8:
        return False
    return table != "orders" or (seen.coded >= 0.8) == (target == "customer_id")


def contents_fit(table: str, target: str, header: str, seen: Shape) -> bool:
    """Whether what the column holds can be what its name says; an empty column can be anything."""
    if not seen.filled:
        return True
    column = INPUTS[table].column(target)
    match column.kind:
        case "moment" | "day":
            return _moment_fits(seen, header)
        case "money" | "number":
            return _number_fits(seen, column, header) and _money_fits(seen, target)
        case "flag":
            return _flag_fits(seen, target)
        case _:
            return _text_fits(seen, target) and _customer_fits(table, seen, target, header)


def _by_contents(table: str, header: str, seen: Shape) -> Iterator[Match]:
    """What the cells alone give away: addresses, mobiles and identity numbers have a shape of their own."""
    columns = {column.name for column in INPUTS[table].columns}
    # A header that says something else than its cells is a question, not an answer.
    if any(not word.startswith("?") for word in words(header) if word not in {"customer", "id"}) or seen.filled < 3:
        return
    shares = (("email", seen.email), ("id_card", seen.id_card), ("phone", seen.mobile))
    target = next((target for target, share in shares if share >= 0.9), None)
    if target in columns and target is not None:
        yield Match(header, target, 0.6, "contents")


def matches(table: str, shapes: Mapping[str, Shape], shared: Mapping[str, str]) -> list[Match]:
    """Every match of a file's headers with one table, best first.

    Parameters
    ----------
    shared
        Header -> column whose key in another file holds the same values.
    """
    found: list[Match] = []
    for header, seen in shapes.items():
        for target, (confidence, because) in named(table, header).items():
            if not contents_fit(table, target, header, seen):
                found.append(Match(header, target, 0.1, "vetoed"))
                continue
            missing = 0.15 if not seen.filled and confidence < 0.9 else 0.0
            # `code` stands before `code_10`, which says the same of something wider.
            twin = 0.02 if _is_numbered_twin(header, shapes) else 0.0
            found.append(Match(header, target, round(confidence - missing - twin, 3), because))
        found.extend(_by_contents(table, header, seen))
        target = shared.get(header, "")
        if any(column.name == target for column in INPUTS[table].columns):
            found.append(Match(header, target, 0.7, "shared_values"))
    return sorted(_torn(found, shapes), key=lambda match: -match.confidence)


def _is_numbered_twin(header: str, others: Mapping[str, Shape]) -> bool:
    """Whether another header is this one without the number at its end."""
    parts = _NUMBERED_TWIN.fullmatch(header)
    return parts is not None and parts[1].rstrip(" _-") in others


def _torn(found: list[Match], shapes: Mapping[str, Shape]) -> list[Match]:
    """Doubt two plain words for money side by side: `total` and `amount` may be the order and its line."""
    plain = {match.header for match in found if match.target == "amount" and bare(match.header) in _PLAIN_MONEY}
    if len(plain) < 2 or len({shapes[header] for header in plain}) == 1:
        return found
    return [
        msgspec.structs.replace(match, confidence=0.45, because="conflict")
        if match.target == "amount" and match.header in plain
        else match
        for match in found
    ]


def _same(one: Match, other: Match, shapes: Mapping[str, Shape]) -> bool:
    """Whether two columns of money say the same, as in the base and in the store's currency where these are one."""
    return one.target in _MONEY and shapes[one.header] == shapes[other.header]


def assign(found: list[Match], shapes: Mapping[str, Shape]) -> tuple[dict[str, Match], list[Match]]:
    """One header a column, one column a header; what ties on less than its listed name goes to nobody.

    Of columns of money that hold the same the first one is taken.

    Returns
    -------
    The sure matches by column, and the others, best first.
    """
    taken: dict[str, Match] = {}
    spent: set[str] = set()
    left: list[Match] = []
    torn: set[str] = set()
    for match in found:
        if match.header in spent or match.target in taken or match.target in torn:
            left.append(match)
            continue
        rivals = [
            other for other in found if other.target == match.target and other.header not in spent and other != match
        ]
        tied = any(
            other.confidence == match.confidence and other.header != match.header and not _same(other, match, shapes)
            for other in rivals
        )
        if match.confidence < SURE:
            left.append(match)
        elif tied:
            torn.add(match.target)
            left.append(msgspec.structs.replace(match, because="conflict", confidence=0.4))
        else:
            taken[match.target] = match
            spent.add(match.header)
    return taken, left
