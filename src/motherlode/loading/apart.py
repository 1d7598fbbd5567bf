"""Personal cells are set apart on the way in: the vault keeps them, rows keep what compares people without naming them.

What stays of a phone, an e-mail or an identity number is a blind token, of a birthday its year, and of every value that
could not be read its problem. Columns that nobody asked for are held back too where they look personal, and so are
lines that are no rows, as they hold all that their file does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.access import Reading
from motherlode.arrow.kinds import is_text
from motherlode.collect import detection, personal
from motherlode.collect.contents import shape
from motherlode.collect.headers import words
from motherlode.doors import Broken
from motherlode.loading.hiding import hide_within
from motherlode.refine.grading import NOBODY
from motherlode.schemas import Column, Input
from motherlode.vault import Vault

# Cells of a column that are looked at to tell whether it is personal.
SAMPLE = 1000
MOST = 0.5
# Columns in which people write what they like.
WORDS = ("text", "deal_name", "tags")

# An id in one of these shapes is blinded, wherever it stands among other ids.
_PERSONAL_IDS = {
    "email": "[@＠]",
    "phone": r"^\s*'?(?:\+?86|0086)?[\s-]*[1１][3-9３-９](?:[\s-]*[0-9０-９]){9}(?:\.0)?\s*$",
    "id_card": r"^\s*'?\d{17}[\dXx]\s*$",
}
_SHORTEST_NUMBER = 11
# A Chinese letter, a word without digits, or several.
_WORDED = re.compile(r"[\u3400-\u9fff]|^[^\W\d_]+$|[^\W\d_]{2,}\W+[^\W\d_]{2,}")

# Source, file and number of a row, or of a line that is none.
Place = tuple[str, str, int]


class Apart(msgspec.Struct, frozen=True):
    """What is left of rows without their personal cells.

    Attributes
    ----------
    rows
        The columns that are not personal, as they came.
    headers
        Canonical column -> header, for the columns that are left.
    made
        Raw columns made of personal ones, and `customer_id` where it is not as it came.
    held_back
        Headers of columns that nobody asked for and that look personal.
    suppressed
        Rows left out because their person was erased.
    hidden
        Cells of words in which a personal value was hidden.
    """

    rows: pa.Table
    headers: Mapping[str, str]
    made: Mapping[str, pa.Array]
    held_back: tuple[str, ...]
    suppressed: int = 0
    hidden: int = 0


def set_apart(vault: Vault, table: Input, headers: Mapping[str, str], rows: pa.Table, *, now: datetime) -> Apart:
    """Keep the personal cells of rows in the vault.

    A row of a source without a `customer_id` column is its e-mail's or phone's.

    Parameters
    ----------
    headers
        Canonical column -> header, for the columns that the rows have.
    now
        Moment of the load in UTC.
    """
    came = rows.num_rows
    mine = [column for column in table.columns if column.personal and column.name in headers]
    held_back = tuple(_held_back(rows, table, set(headers.values())))
    clear, made = _blinded(vault, mine, headers, rows, now)
    gone = {*held_back, *(headers[column.name] for column in mine)}
    stated = _text_of(rows[headers["customer_id"]]) if "customer_id" in headers else None
    who = _by_key(made) if stated is None else _blind_who(vault, stated, whole=headers["customer_id"] in gone)
    clear |= {_vault_name(header, table): _text_of(rows[header]) for header in held_back}
    for name in (name for name in headers if _is_of_things(name) and headers[name] not in gone):
        numbers = _text_of(rows[headers[name]])
        blind = blind_mails(vault, numbers)
        made |= {name: blind} if blind is not numbers else {}
    is_made = who is not None and who is not stated and any(column.name == "customer_id" for column in table.columns)
    keep = _not_erased(vault, who, made)
    if keep is not None:
        rows, who = rows.filter(keep), who.filter(keep) if who is not None else None
        clear, made = ({name: cells.filter(keep) for name, cells in some.items()} for some in (clear, made))
    if clear and who is not None:
        vault.keep(pa.table({"customer_id": _tidy_ids(who), **clear}), now=now)
    if is_made:
        made["customer_id"] = who
    left = {name: header for name, header in headers.items() if header not in gone and name not in made}
    rest = rows.drop_columns(sorted(gone))
    unasked = set(rest.schema.names) - set(headers.values())
    prose = unasked.union(left[name] for name in WORDS if name in left)
    rest, hidden = hide_within(rest, sorted(prose.union(left[name] for name in left if _may_tell(table, name))), prose)
    return Apart(rest, left, made, held_back, came - rows.num_rows, hidden)


def _is_of_things(name: str) -> bool:
    return name.endswith("_id") and name != "customer_id"


def _may_tell(table: Input, name: str) -> bool:
    """Whether cells of a column are texts, and no numbers that merely look like somebody's."""
    return table.column(name).kind == "text" and not name.endswith("_id")


def _not_erased(vault: Vault, who: pa.Array | None, made: Mapping[str, pa.Array]) -> pa.Array | None:
    """Which rows are of people who were not erased; `None` where all are.

    A row without a number is the person's whose phone, e-mail or identity it has.
    """
    gone = vault.suppressed()
    if not gone:
        return None
    nobody, erased = pa.scalar(True), pa.scalar(False)
    if who is not None:
        ids = _tidy_ids(who)
        nobody = pc.or_(pc.is_null(ids), _is_in(pc.utf8_lower(ids), set(NOBODY)))
        erased = _is_in(vault.tokens("customer_id", ids), gone.get("customer_id", set()))
    for name in (name for name in gone if f"{name}_key" in made):
        erased = pc.or_(erased, pc.and_(nobody, _is_in(made[f"{name}_key"], gone[name])))
    any_erased = pc.any(erased).as_py() if isinstance(erased, pa.Array) else False
    return pc.invert(erased) if any_erased else None


def _is_in(texts: pa.Array, some: set[str]) -> pa.Array:
    return pc.is_in(texts, pa.array(sorted(some), pa.string()))


def blind_ids(vault: Vault, ids: pa.Array) -> pa.Array:
    """Ids with each that is itself an e-mail, a mobile or an identity number blinded; `ids` itself where none is."""
    if not _may_be_personal(ids):
        return ids
    coded = pc.dictionary_encode(ids)
    blind = reduce(lambda values, name: _blinded_ids(vault, values, name), _PERSONAL_IDS, coded.dictionary)
    return ids if blind is coded.dictionary else blind.take(coded.indices)


def blind_mails(vault: Vault, ids: pa.Array) -> pa.Array:
    """Numbers of things with each that is an e-mail blinded, so that equal ones stay equal; `ids` where none is.

    Digits stay: a number of an order may look like a phone.
    """
    return _blinded_ids(vault, ids, "email") if _may_be_personal(ids) else ids


def _may_be_personal(ids: pa.Array) -> bool:
    """Whether any may be as long as a mobile or have the sign of an e-mail: in most columns of ids none is and has."""
    longest = pc.max(pc.binary_length(ids)).as_py() or 0
    letters = ids.buffers()[2] if longest else None
    # All letters at once: a look at each cell costs a hundred times that.
    signs = (sign.encode() in letters.to_pybytes() for sign in "@＠") if letters is not None else ()
    return longest >= _SHORTEST_NUMBER or any(signs)


def keep_lines(vault: Vault, source: str, file: str, lines: Sequence[Broken], *, now: datetime) -> None:
    """Keep lines that are no rows."""
    _keep(vault, {line_id((source, file, line.row)): line.text for line in lines}, now)


def read_lines(vault: Vault, places: Sequence[Place], *, actor: str, reason: str, now: datetime) -> list[str | None]:
    """Lines that are no rows as they came; the vault notes who read them."""
    return _read(vault, [line_id(place) for place in places], actor, reason, now)


def keep_cells(vault: Vault, source: str, file: str, cells: Mapping[int, str], *, now: datetime) -> None:
    """Keep what was taken out of rows, by the number of the row."""
    _keep(vault, {_row_id((source, file, row)): said for row, said in cells.items()}, now)


def read_cells(vault: Vault, places: Sequence[Place], *, actor: str, reason: str, now: datetime) -> list[str | None]:
    """What was taken out of rows; the vault notes who read it."""
    return _read(vault, [_row_id(place) for place in places], actor, reason, now)


def kept_of(vault: Vault, places: Iterable[Place]) -> list[str]:
    """Under which ids the vault keeps anything that was taken out of rows, or of a line that became one."""
    return vault.held(
        line_id((source, file, -row)) if row < 0 else _row_id((source, file, row)) for source, file, row in places
    )


def line_id(place: Place) -> str:
    """Under which id the vault keeps a line that is no row; lines and rows are numbered apart."""
    source, file, line = place
    return f"line:{source}:{file}:{line}"


def is_of_rows(vault_id: str) -> bool:
    """Whether the vault keeps something of rows under an id, and nobody's fields."""
    return vault_id.startswith(("line:", "row:"))


def _row_id(place: Place) -> str:
    source, file, row = place
    return f"row:{source}:{file}:{row}"


def _keep(vault: Vault, said: Mapping[str, str], now: datetime) -> None:
    ids, texts = (pa.array(list(column), pa.string()) for column in (said.keys(), said.values()))
    vault.keep(pa.table({"customer_id": ids, "text": texts}), now=now)


def _read(vault: Vault, ids: Sequence[str], actor: str, reason: str, now: datetime) -> list[str | None]:
    read = vault.reveal(ids, ["text"], Reading("quarantine", "quality", actor, reason), now=now)
    said = dict(zip(read["customer_id"].to_pylist(), read["text"].to_pylist(), strict=True))
    return [said.get(line) for line in ids]


def digest(vault: Vault, text: str) -> str:
    """Whether two lines are equal without saying what they say: a bare hash of a short line could be guessed."""
    token: str = digests(vault, pa.array([text], pa.string()))[0].as_py() or ""
    return token


def digests(vault: Vault, texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The digest of each text."""
    return vault.tokens("id_card", texts)


def _blinded(
    vault: Vault, mine: Sequence[Column], headers: Mapping[str, str], rows: pa.Table, now: datetime
) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Personal columns in clear, for the vault, and what rows keep of them."""
    clear: dict[str, pa.Array] = {}
    made: dict[str, pa.Array] = {}
    problems = pa.array([""] * rows.num_rows if mine else [], pa.string())
    for column in mine:
        values = _text_of(rows[headers[column.name]])
        if column.name in personal.SPELLINGS:
            values, wrong = personal.normalise(values, personal.SPELLINGS[column.name])
            made[f"{column.name}_key"] = vault.tokens(column.name, values)
            problems = _noted(problems, wrong, column.name)
        if column.name == "birthday":
            years, wrong = personal.normalise(values, lambda text: personal.birth_year(text, as_of=now.date()))
            made["birth_year"] = years.cast(pa.float64())
            problems = _noted(problems, wrong, column.name)
        clear[column.name] = values
    return clear, made | ({"personal_problem": problems} if mine else {})


def _by_key(made: Mapping[str, pa.Array]) -> pa.Array | None:
    """The pseudonymous id of each row's person, where a source has no number of its own."""
    keys = [made[f"{name}_key"] for name in ("email", "phone") if f"{name}_key" in made]
    return _prefixed(pc.coalesce(*keys)) if keys else None


def _blind_who(vault: Vault, stated: pa.Array, *, whole: bool) -> pa.Array:
    """Ids with the personal ones blinded; all of them where the column is a personal one besides, such as a name."""
    who = blind_ids(vault, stated)
    return pc.if_else(pc.equal(who, stated), _prefixed(vault.tokens("id_card", stated)), who) if whole else who


def _blinded_ids(vault: Vault, ids: pa.Array, name: str) -> pa.Array:
    alike = pc.match_substring_regex(ids, _PERSONAL_IDS[name])
    if not pc.any(alike).as_py():
        return ids
    chosen = ids.filter(alike)
    spelled, _ = personal.normalise(chosen, personal.SPELLINGS[name])
    if name == "id_card":
        # 18 digits that are no identity number are a number of the company's own.
        return pc.replace_with_mask(ids, alike, pc.coalesce(_prefixed(vault.tokens(name, spelled)), chosen))
    return pc.replace_with_mask(ids, alike, _prefixed(vault.tokens(name, pc.coalesce(spelled, pc.utf8_lower(chosen)))))


def _prefixed(tokens: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("k", tokens, "")


def _noted(problems: pa.Array, wrong: pa.Array, name: str) -> pa.Array:
    if not pc.any(pc.not_equal(wrong, "")).as_py():
        return problems
    note = pc.if_else(pc.equal(wrong, ""), "", pc.binary_join_element_wise(f"{name}:", wrong, ",", ""))
    return pc.binary_join_element_wise(problems, note, "")


def _held_back(rows: pa.Table, table: Input, asked: set[str]) -> Iterator[str]:
    of_people = any(column.name == "customer_id" for column in table.columns)
    for field in rows.schema:
        if field.name not in asked and (is_text(field.type) or pa.types.is_integer(field.type)):
            cells = [str(cell) for cell in _sample(rows[field.name]).to_pylist()]
            if cells and (_looks_personal(field.name, cells) or (of_people and is_free_text(cells))):
                yield field.name


def is_free_text(cells: Sequence[str]) -> bool:
    """Whether nearly each row says something of its own, in words: a name, a place, a note; no code and no category.

    Of a handful of rows nobody can tell.
    """
    if len(cells) < detection.FILLED_LEAST:
        return False
    worded = sum(bool(_WORDED.search(cell)) for cell in cells)
    return worded > MOST * len(cells) and len(set(cells)) > MOST * len(cells)


def _looks_personal(header: str, cells: Sequence[str]) -> bool:
    """Whether most cells name a person, or the header says that they do and the cells do not contradict."""
    seen = shape(cells)
    if max(seen.email, seen.mobile, seen.id_card) > MOST or detection.classify(cells).is_personal:
        return True
    said, plain = set(words(header)), max(seen.number, seen.flag, seen.date) <= MOST
    return (
        ("phone" in said and seen.phone > MOST)
        or ("birth" in said and seen.date > MOST)
        or ("address" in said and plain)
        or ("name" in said and bool(said & {"customer", "receiver"}) and plain)
        or ("姓名" in header and plain)
    )


def _sample(column: pa.ChunkedArray) -> pa.Array:
    """Filled cells from the beginning of a column and, where it is sparse, from further on."""
    for size in (SAMPLE, len(column)):
        cells = column.slice(0, size).cast(pa.string())
        filled = cells.filter(pc.and_(pc.is_valid(cells), pc.not_equal(cells, "")))
        if len(filled):
            break
    return filled.slice(0, SAMPLE)


def _vault_name(header: str, table: Input) -> str:
    """The header, unless the vault would take it for a column of ours."""
    ours = {"customer_id", "text", *personal.SPELLINGS, *(column.name for column in table.columns)}
    return f"{header} (held back)" if header in ours else header


def _text_of(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    if pa.types.is_floating(whole.type):
        whole = pc.if_else(pc.is_finite(whole), whole, None)
        if pc.all(pc.equal(whole, pc.floor(whole)), min_count=0).as_py():
            whole = whole.cast(pa.int64())
    return whole.cast(pa.string())


# As `refine` writes an id, so that the vault knows a person under the number that the tables use.
_NO_WIDTH = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("￥"): ord("¥")}
_BLANKS = re.compile(r"[ \t\n\x0b\f\r\x85\xa0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_AROUND = re.compile(r"^ ?'? ?| \Z")


def _tidy_ids(ids: pa.Array) -> pa.Array:
    """Nearly all ids are letters and digits, and stay as they are."""
    odd = pc.fill_null(pc.invert(pc.match_substring_regex(ids, "^[0-9A-Za-z_-]+$")), False)
    tidied = pa.array([tidy_id(text) for text in ids.filter(odd).to_pylist()], pa.string())
    return pc.replace_with_mask(ids, odd, tidied)


def tidy_id(text: str) -> str | None:
    """An id as the tables write it: half-width, without outer blanks, apostrophe and the `.0` of spreadsheets."""
    plain = _AROUND.sub("", _BLANKS.sub(" ", text.translate(_NO_WIDTH))).translate(_NARROW)
    spoilt = plain.removesuffix(".0")
    return (spoilt if spoilt.isascii() and spoilt.isdigit() else plain) or None
