"""Which numbers are taken out of a family's words, and which are left."""

import pytest

from homework.masking import ID_GONE, PHONE_GONE, masked

PHONES = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "1381234 5678",
    "138 12345678",
    "１３８１２３４５６７８",
    "１３８－１２３４－５６７８",
    "138　1234　5678",
    "138–1234–5678",
    "138.1234.5678",
    "1 3 8 1 2 3 4 5 6 7 8",
    "+86 138 1234 5678",
    "8613812345678",
    "0086-13812345678",
    "19912345678",
    "0393-1234567".replace("1234567", "8234567"),
    "03938234567",
    "0393 823 4567",
    "（0393）8234567",
    "(010) 8888 8888",
    "010-88888888",
    "021-62345678-801",
    "０３９３－８２３４５６７",
]
IDS = [
    "410902201503141234",
    "41090220150314123X",
    "41090220150314123x",
    "４１０９０２２０１５０３１４１２３Ｘ",
    "410902 20150314 1234",
    "410902-2015-0314-123X",
    "410902150314123",
    "410902850314123",
]
INNOCENT = [
    "练习册第12页 第13页 第14页",
    "2026年10月14日",
    "2026-10-14",
    "2026.10.14 18:30-21:30",
    "10月14日做到23点40分，第3、4、5、6、7题各抄20遍",
    "第11 12 13 14 15 16 17 18 19题",
    "第13 14 15 16 17 18题",
    "口算100道，限时30分钟，抄写50遍",
    "五年级1班，语文45分钟，数学60分钟，英语30分钟",
    "要求打卡21天",
    "数字12345678写十遍",
    "圆周率背到3.1415926535",
    "作业编号0012345678",
    "1234567890",
    "第138页到第1234页",
    "12345 54321 12321",
]


@pytest.mark.parametrize("number", PHONES)
@pytest.mark.parametrize("around", ["请打{}联系我", "电话：{}", "{}", "（{}）。", "抄5遍，手机{}，谢谢"])
def test_phone_numbers_are_taken_out(number, around):
    said = masked(around.format(number))
    assert PHONE_GONE in said
    assert not any(character.isdigit() for character in said.replace("抄5遍", ""))


@pytest.mark.parametrize("number", IDS)
def test_id_numbers_are_taken_out(number):
    said = masked(f"孩子身份证{number}，第12页")
    assert said == f"孩子身份证{ID_GONE}，第12页"


@pytest.mark.parametrize("text", INNOCENT)
def test_what_homework_speaks_of_is_left(text):
    assert masked(text) == text


def test_several_numbers_in_one_message_are_all_taken_out():
    said = masked("爸13812345678 妈13987654321，证41090220150314123X，第12页抄3遍")
    assert said == f"爸{PHONE_GONE} 妈{PHONE_GONE}，证{ID_GONE}，第12页抄3遍"


def test_words_are_kept_as_they_were_typed():
    assert masked("抄写①②③，Ａ卷第３页") == "抄写①②③，Ａ卷第３页"
    assert masked("") == ""
