"""Personal values with so much hidden that they can be told apart on a screen and not used: `138****8000`."""

import re
from collections.abc import Callable, Mapping

HIDDEN = "****"
_EXTENSION = re.compile(r";ext=.*")
_SHOWN_PLACES = 3
_SHOWN_TAIL = 4


def mask(field: str, value: str | None) -> str | None:
    """A value of a field of the vault, masked in the way of its kind; a field that nobody knows is hidden whole.

    >>> mask("phone", "+8613800138000"), mask("email", "ann.lee@example.com"), mask("name", "欧阳明")
    ('+86 138****8000', 'a****@example.com', '欧**')
    """
    return None if value is None else MASKS.get(field, _hidden)(value)


def phone(value: str) -> str:
    """Country, first three and last four places; of a short number the last two alone."""
    number = _EXTENSION.sub("", value)
    country, digits = ("+86 ", number[3:]) if number.startswith("+86") else ("", number)
    if len(digits) < _SHOWN_PLACES + 2 * _SHOWN_TAIL:
        return f"{country}{HIDDEN}{digits[-2:]}"
    return f"{country}{digits[:_SHOWN_PLACES]}{HIDDEN}{digits[-_SHOWN_TAIL:]}"


def email(value: str) -> str:
    """The first letter and the domain."""
    mailbox, at, domain = value.partition("@")
    return f"{mailbox[:1]}{HIDDEN}{at}{domain}" if at else HIDDEN


def name(value: str) -> str:
    """The first letter; of a Chinese name the family name's first character, and how many are hidden."""
    chinese = re.fullmatch(r"[\u4e00-\u9fff·]+", value)
    return value[:1] + ("*" * (len(value) - 1) if chinese else "***")


def id_card(value: str) -> str:
    """The region's first three places and the last: enough to compare with a card in the hand."""
    return f"{value[:_SHOWN_PLACES]}{'*' * (len(value) - 4)}{value[-1:]}" if len(value) > 2 * _SHOWN_TAIL else HIDDEN


def bank_card(value: str) -> str:
    """The last four places, as banks print them."""
    return f"{HIDDEN} {value[-_SHOWN_TAIL:]}" if len(value) > 2 * _SHOWN_TAIL else HIDDEN


def birthday(value: str) -> str:
    """The year, which the tables know as well."""
    year = re.match(r"\d{4}", value)
    return f"{year[0]}-**-**" if year else HIDDEN


def address(value: str) -> str:
    """A Chinese address down to the district; nothing of others, whose street comes first."""
    place = re.match(r"(?:.{2,8}?(?:省|自治区))?(?:.{2,8}?(?:市|州))?(?:.{1,8}?[区县])?", value)
    return f"{place[0] if place else ''}{HIDDEN}"


def _hidden(_: str) -> str:
    return HIDDEN


MASKS: Mapping[str, Callable[[str], str]] = {
    "phone": phone,
    "receiver_phone": phone,
    "email": email,
    "name": name,
    "first_name": name,
    "last_name": name,
    "receiver_name": name,
    "id_card": id_card,
    "bank_card": bank_card,
    "birthday": birthday,
    "address": address,
}
