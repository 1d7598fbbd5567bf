"""The number of each person in a list of people whose headers do not say which column that is."""

from collections.abc import Mapping

from motherlode.collect.contents import Shape
from motherlode.collect.headers import is_unnamed, words
from motherlode.collect.words import word_set

PERSONAL = frozenset(
    {"age", "gender", "birth", "?marital", "?marriage", "?married", "?education", "?occupation", "?children"}
)
# What is told of people besides, and of shops too.
_PLACES = frozenset({"city", "province", "created"})
# Numbers of something else that a person may have once.
_OF_OTHERS = word_set("order product deal session event store staff supplier campaign visitor company")
_FEWEST_FACTS, _FEWEST_ROWS = 2, 20
_SHORTEST, _LONGEST = 4, 64


def own_number(shapes: Mapping[str, Shape]) -> str | None:
    """The one column that is different in each row of a list that tells things of people, if there is just one.

    A header that says nothing must hold codes of letters and digits: sums and counts may be all different too.
    """
    facts = [set(words(header)) & (PERSONAL | _PLACES) for header in shapes]
    of_people = any(fact & PERSONAL for fact in facts) and sum(map(bool, facts)) >= _FEWEST_FACTS
    keys = [header for header, seen in shapes.items() if _may_be_a_number(header, seen)]
    return keys[0] if of_people and len(keys) == 1 else None


def _may_be_a_number(header: str, seen: Shape) -> bool:
    said = words(header)
    says_so = said[-1:] == ("id",) and not _OF_OTHERS & set(said)
    says_nothing = all(word.startswith("?") for word in said) and not is_unnamed(header) and seen.number < 0.5
    # What is written in words is a name; what names a person elsewhere is no number of ours.
    a_code = seen.coded >= 0.8 and max(seen.date, seen.email, seen.mobile, seen.id_card) < 0.5
    whole = seen.number < 0.9 or seen.whole > 0.9
    of_each = seen.rows >= _FEWEST_ROWS and seen.distinct == seen.filled == seen.rows
    return (says_so or says_nothing) and a_code and whole and of_each and _SHORTEST <= seen.length <= _LONGEST
