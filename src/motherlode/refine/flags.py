"""Yes and no, in the words of forms, exports and published data sets."""

import ibis
import ibis.expr.types as ir

from motherlode.refine.text import one_of, tidy

# Words of answers and of statuses, in lower case. A word that means yes under one header and no under another
# (退订, unsubscribed) belongs to neither.
YES = (
    "y", "yes", "true", "t", "1", "1.0", "on", "✓", "✔", "√", "☑",
    "是", "对", "有", "真", "同意", "已同意", "已授权", "授权", "接收", "接受", "愿意", "允许", "开启", "已开启",
    "ja", "oui", "vrai", "wahr", "si", "sí", "sim", "はい",
    "attrited customer", "churned", "已流失", "treated", "treatment", "实验组",
)  # fmt: skip
NO = (
    "n", "no", "false", "f", "0", "0.0", "off", "✗", "✘", "×", "☒",
    "否", "不是", "没有", "无", "假", "不同意", "未同意", "未授权", "不接收", "不接受", "拒绝", "不愿意", "不允许",
    "nein", "non", "faux", "falsch", "não", "nao", "いいえ",
    "关闭", "未开启", "existing customer", "未流失", "control", "对照组",
)  # fmt: skip


def flag(text: ir.StringValue) -> ir.BooleanValue:
    """Whether the cell says yes; NULL where it says neither yes nor no."""
    word = tidy(text).lower()
    return ibis.cases((one_of(word, YES), True), (one_of(word, NO), False), else_=ibis.null("boolean"))
