"""How Chinese names sound: 张丽娜, Lina Zhang and ZHANG Li-Na are the same letters, whichever part stands first."""

import re
from functools import cache

HAN = re.compile(r"[\u3400-\u9fff]")
# Family names that are read in another way than the letter is elsewhere.
_AS_FAMILY_NAME = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "任": "ren", "查": "zha", "朴": "piao",
    "盖": "ge", "翟": "zhai", "覃": "qin", "缪": "miao", "冼": "xian", "折": "she", "召": "shao", "员": "yun",
    "种": "chong", "秘": "bi", "宁": "ning", "纪": "ji", "尹": "yin", "褚": "chu", "乐": "yue", "石": "shi",
}  # fmt: skip


def sound(name: str) -> str:
    """The letters of a name as it is read, in order of the alphabet: where syllables end is written in many ways."""
    first = _AS_FAMILY_NAME.get(name[:1])
    read = "".join([first, *map(_reading, name[1:])] if first else map(_reading, name))
    # Passports write lyu for what keyboards write lv.
    return "".join(sorted(sign for sign in read.replace("lyu", "lv").replace("nyu", "nv") if sign.isalpha()))


@cache
def _reading(sign: str) -> str:
    if not HAN.match(sign):
        return sign
    from pypinyin import Style, lazy_pinyin

    said: str = lazy_pinyin(sign, style=Style.NORMAL)[0]
    return said
