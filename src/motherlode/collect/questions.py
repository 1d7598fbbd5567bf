"""Questions of a survey as headers: what the answers under them say."""

import re

_QUESTION = re.compile(r"(?:Q?\d+\s*[、.．:：)]).{4,}|.{10,}[?？]", re.IGNORECASE)
_ASKED = (
    ("nps", re.compile(r"recommend|推荐", re.IGNORECASE)),
    ("rating", re.compile(r"satisf|满意|how would you rate|打几分", re.IGNORECASE)),
    ("text", re.compile(r"reason|\bwhy\b|comment|suggest|improve|原因|为什么|意见|建议", re.IGNORECASE)),
)


def asked(header: str) -> list[str]:
    """Columns of feedback that a question may be, the likeliest first; none for a header that asks nothing."""
    if not _QUESTION.fullmatch(header.strip()):
        return []
    return [target for target, said in _ASKED if said.search(header)]
