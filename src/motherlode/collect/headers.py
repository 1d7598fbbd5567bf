"""What a header says: its bare form for lists of names, and its words for everything else."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from motherlode.collect.languages import NOISE_ABROAD, WORDS_ABROAD
from motherlode.collect.words import NOISE as NOISE_AT_HOME
from motherlode.collect.words import WORDS, word_set

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
_CHUNK = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[\u3040-\u30ff\u3400-\u9fff]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
# The sign of a number in French and Spanish, which is no letter or another one.
_NUMERO = re.compile(r"\bN\s?[°º]", re.IGNORECASE)
_UNNAMED = re.compile(r"(column|col|field|unnamed|var|f|c|列|字段)?[\s_:.\-]*\d*", re.IGNORECASE)

# Headers of Taiwan and Hong Kong are read as those of the mainland: letters that the lists of words are written with.
_TRADITIONAL = (
    "專業東絲個為買產價優會餘儲關內冊減擊劃創別辦務動區協單賣廠縣發變號後員響國場處備復頭實審寶導屬崗幣師帳廣庫應開歸錄徑總態願戶據換數無時術機條來標檔畢瀏潤滿狀現電碼確離種積稱稅簽類緊"
    "約級線組細終紹經綁結統編網職聯獲薦營見規覽觸計訂認議記許論設訪證評識訴話詳請貝負責賬貨購費資贊躍車轉轄達過運進違遞選郵採銀鋪銷長門閉問間閱階際隨頁項顧預題額饋驗齡點臺對與從贈"
)
_SIMPLIFIED = (
    "专业东丝个为买产价优会余储关内册减击划创别办务动区协单卖厂县发变号后员响国场处备复头实审宝导属岗币师帐广库应开归录径总态愿户据换数无时术机条来标档毕浏润满状现电码确离种积称税签类紧"
    "约级线组细终绍经绑结统编网职联获荐营见规览触计订认议记许论设访证评识诉话详请贝负责账货购费资赞跃车转辖达过运进违递选邮采银铺销长门闭问间阅阶际随页项顾预题额馈验龄点台对与从赠"
)
_AS_ON_THE_MAINLAND = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

NOISE = NOISE_AT_HOME | word_set(NOISE_ABROAD)
MEANS: dict[str, str] = {
    name.translate(_AS_ON_THE_MAINLAND): word
    for listed in (WORDS_ABROAD, WORDS)
    for word, names in listed.items()
    for name in names.split()
}
_LONGEST = max(map(len, MEANS))
# Objects within objects: those whose name says nothing, and lists whose elements are what the name says.
_WRAPPED = re.compile(r"^(?:(?:data|attributes|properties|fields|payload|node|_source|event_params)\.)+", re.IGNORECASE)
_LISTED = re.compile(
    r"^(?:\w+\.)*(?:(?P<line>line_?items|order_?items|order_?lines|cart_items|lines|items|positions|details)"
    r"|(?P<item>products|articles)|(?P<own>events|orders|transactions|purchases))\.(?P<what>[\w.]+)$",
    re.IGNORECASE,
)
_OF_THE_LINE = frozenset({"id", "total", "amount", "subtotal", "total_price"})
_OF_THE_ITEM = frozenset({"id", "name", "title", "type", "code", "number", "description", "status", "url"})


def _within(header: str) -> str:
    """A header of nested data by what it says where it stands: `line_items.name` is the item's name."""
    header = _WRAPPED.sub("", header)
    found = _LISTED.fullmatch(header)
    if found is None:
        return header
    what = found["what"]
    if found["own"]:
        return f"{found['own'].rstrip('s')} {what}"
    if found["line"] and what.lower() in _OF_THE_LINE:
        return f"line {what}"
    return f"item {what}" if what.lower() in _OF_THE_ITEM else what


def tidy(header: str) -> str:
    """A header without width differences, accents, quotes, units in brackets and the address of a vocabulary."""
    named = _within(header) if "." in header else header
    text = without_accents(_NUMERO.sub("numero ", named)).translate(_AS_ON_THE_MAINLAND).strip(" \t\r\n\ufeff'\"`*:")
    if "://" in text:
        text = re.split(r"[/#]", text.rstrip("/#"))[-1]
    return _BRACKETS.sub("", text).strip() or text


def without_accents(text: str) -> str:
    """Latin letters without accents, `ß` as `ss`; letters of other scripts keep their marks."""
    plain = text if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).replace("ß", "ss")
    return unicodedata.normalize("NFKC", plain)


def bare(header: str) -> str:
    """Letters and digits of a header in small letters: what lists of names are looked up by."""
    return "".join(letter for letter in tidy(header).lower() if letter.isalnum())


def is_unnamed(header: str) -> bool:
    """Whether a reader made the header up, or a number stands where a name should."""
    return bool(_UNNAMED.fullmatch(tidy(header))) or not any(letter.isalpha() for letter in tidy(header))


def _cut(text: str, shortest: int) -> list[str] | None:
    """Cut a run of letters into known words, longest first, or say that it cannot be done."""
    if not text:
        return []
    for end in range(min(len(text), _LONGEST), shortest - 1, -1):
        if (text[:end] in MEANS or text[:end] in NOISE) and (rest := _cut(text[end:], 2)) is not None:
            return [text[:end], *rest]
    return None


def _without_blanks(text: str) -> Iterator[str]:
    """Cut Chinese and Japanese from the left, longest word first; what is not known comes letter by letter."""
    while text:
        size = next((n for n in range(min(len(text), _LONGEST), 0, -1) if text[:n] in MEANS or text[:n] in NOISE), 1)
        yield text[:size]
        text = text[size:]


def _pieces(header: str) -> Iterator[str]:
    for chunk in _CHUNK.findall(tidy(header)):
        small = chunk.lower()
        if ord(small[0]) >= 0x3040:
            yield from _without_blanks(small)
        elif small in MEANS or small in NOISE:
            yield small
        else:
            # The first word of a run must be long, or `valid` would read as a value and an id.
            yield from _cut(small, 4) or [small]


@lru_cache(maxsize=4096)
def words(header: str) -> tuple[str, ...]:
    """The meanings of a header's words in order; an unknown word stands with a question mark before it."""
    pieces = [piece for piece in _pieces(header) if piece not in NOISE and not piece.isdigit()]
    # "Ordered on" is a time; "months on book" is not.
    if len(pieces) > 1 and pieces[-1] in {"on", "at"}:
        pieces[-1] = "date"
    found = [MEANS.get(piece, "?" + piece) for piece in pieces if piece not in {"on", "at"}]
    # "Number of visits" counts; "visit number" names, and so does "número de pedido".
    counts = bare(header).startswith(("num", "no", "nbr", "nr")) and not {"numero", "nummer"} & set(pieces[:1])
    if len(found) > 1 and found[0] == "id" and counts:
        found = [*found[1:], "quantity"]
    return tuple(found)
