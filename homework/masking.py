"""Phone and id numbers in what families write, taken out for those who need not know them. Pure.

Rather too much than too little, but never what homework speaks of: pages, exercises, days, minutes.
"""

import re
import unicodedata

PHONE_GONE = "〔电话已隐去〕"
ID_GONE = "〔证件号已隐去〕"

# At most two blanks, dashes or dots between the digits.
GAP = r"[\s.·_~\-‐-―−]{0,2}"
BEGINS, ENDS = r"(?<![\d])(?<!\d[\s.\-])", r"(?![\s.\-]?\d)"


def _digits(*parts: str) -> str:
    return GAP.join(parts)


# A birth day in the middle tells an id with gaps from a list of exercises; nothing else has 15 digits at a stretch.
_BIRTH = ("[12]", r"[90]", r"\d", r"\d", "[01]", r"\d", "[0-3]", r"\d")
_ID = re.compile(
    BEGINS
    + "(?:"
    + _digits("[1-9]", *[r"\d"] * 5, *_BIRTH, r"\d", r"\d", r"\d", r"[\dXx]")
    + r"|\d{15,17}[Xx]?|\d{18,})"
    + ENDS
)
_MOBILE = re.compile(BEGINS + r"(?:\+?0{0,2}86" + GAP + ")?" + _digits("1", "[3-9]", *[r"\d"] * 9) + ENDS)
# 0393-1234567, (010) 8888 8888, with or without an extension. No area code begins with 00.
_LANDLINE = re.compile(
    BEGINS
    + r"(?:\+?86"
    + GAP
    + r")?[(]?(?:010|02\d|0[3-9]\d\d)[)]?"
    + GAP
    + r"(?:[2-9]\d{6,7}|[2-9]\d{2,3}"
    + r"[\s\-]\d{4})(?:-\d{1,6})?"
    + ENDS
)


def masked(text: str) -> str:
    """`text` without mobile and landline numbers (with area code) and id numbers of 18 or 15 digits."""
    plain = "".join(map(_plain, text))
    for pattern, gone in ((_ID, ID_GONE), (_MOBILE, PHONE_GONE), (_LANDLINE, PHONE_GONE)):
        text, plain = _without(pattern, gone, text, plain)
    return text


def _plain(character: str) -> str:
    """Full-width digits, letters and marks as the ordinary ones; one character for one, so that places stay."""
    ordinary = unicodedata.normalize("NFKC", character)
    return ordinary if len(ordinary) == 1 else character


def _without(pattern: re.Pattern[str], gone: str, text: str, plain: str) -> tuple[str, str]:
    """Both, with what is found in `plain` replaced from the end, where earlier places do not move."""
    for found in reversed(list(pattern.finditer(plain))):
        start, end = found.span()
        text, plain = text[:start] + gone + text[end:], plain[:start] + gone + plain[end:]
    return text, plain
