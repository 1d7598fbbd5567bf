"""The page of words: what codes of the data are called in Chinese and English."""

from motherlode.document.markdown import NOTE, codes, grid
from motherlode.labels import SECTION_OF_COLUMN, catalogue

# Sentences and names that have pages of their own.
NOT_CODES = (
    "message",
    "error",
    "report",
    "reason_sentence",
    "unit",
    "column",
    "table",
    "setting",
    "duty",
    "waiting",
    "law_name",
)
READ_FIRST = ("stage", "tier", "play", "reason", "problem")


def vocabulary_text() -> str:
    """What each code of the data is called in Chinese and English."""
    sections = [name for name in catalogue() if name not in NOT_CODES and name not in READ_FIRST]
    parts = ["# Vocabulary 词汇表", NOTE, "Tables hold the codes; people read the words."]
    for section in (*READ_FIRST, *sorted(sections)):
        columns = [column for column, of in SECTION_OF_COLUMN.items() if of == section]
        parts.append(f"## {section}")
        if columns:
            parts.append(f"Codes of the columns {codes(columns)}." if columns[1:] else f"Codes of `{columns[0]}`.")
        parts.append(_section(section))
    return "\n\n".join(parts) + "\n"


def _section(section: str) -> str:
    sentences = catalogue()["reason_sentence"] if section == "reason" else {}
    head = ("code", "中文", "English", *(("句子", "sentence") if sentences else ()))
    rows = []
    for code, words in catalogue()[section].items():
        told = sentences.get(code, {})
        more = (told.get("zh", ""), told.get("en", "")) if sentences else ()
        rows.append((f"`{code}`", words["zh"], words["en"], *more))
    return grid(head, rows)
