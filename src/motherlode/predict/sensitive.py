"""Columns whose names say that they are of a special category: nothing is learnt from them unless a house says so.

GDPR 9 names them; PIPL 28 adds what could harm somebody's dignity or safety.
"""

import re

_CHINESE = (
    "宗教", "信仰", "民族", "种族", "疾病", "病史", "病情", "诊断", "健康", "医疗", "残疾", "性取向", "政治面貌",
    "党派", "党员", "工会", "犯罪", "前科", "指纹", "人脸", "基因", "行踪", "生物识别",
)  # fmt: skip
_ENGLISH = frozenset((
    "religion", "religious", "ethnic", "ethnicity", "race", "racial", "health", "disease", "diagnosis", "disability",
    "disabled", "medical", "sexual", "political", "biometric", "genetic", "criminal", "fingerprint", "pregnant",
    "pregnancy", "hiv", "illness", "smoker",
))  # fmt: skip


def is_sensitive(name: str) -> bool:
    """Whether a column's name says that it is of a special category."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    return any(word in name for word in _CHINESE) or not _ENGLISH.isdisjoint(words)
