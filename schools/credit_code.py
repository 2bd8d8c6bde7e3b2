"""统一社会信用代码 (GB 32100—2015): 18 characters, the last of which checks the others. Pure."""

import re

# Without I, O, S, V and Z, which are taken for digits.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WELL_FORMED = re.compile(f"[{ALPHABET}]{{18}}")

NOT_WELL_FORMED = "统一社会信用代码是18位数字和大写字母（没有I、O、S、V、Z），请核对。"
WRONG_CHECK = "统一社会信用代码的校验位不对，有一位可能抄错了，请对照营业执照核对。"


def written(text: str) -> str:
    """As it is kept: without blanks, in capitals."""
    return "".join(text.split()).upper()


def fault(code: str) -> str:
    """What is wrong with a code as `written`, in words for the user; empty where nothing is."""
    if not WELL_FORMED.fullmatch(code):
        return NOT_WELL_FORMED
    return "" if check_character(code[:17]) == code[17] else WRONG_CHECK


def check_character(first: str) -> str:
    """The last character that belongs to the first 17: clause 4.4, weights are powers of 3 modulo 31."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first))
    return ALPHABET[-total % 31]
