import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from paper.official import BriefHead, Foot, Head

DAY = dt.date(2026, 11, 2)


@pytest.mark.parametrize("serial", ["东教〔2026〕5号", "濮双减办〔2026〕120号"])
def test_a_number_in_form_is_taken(serial):
    assert Head("东县教育局", serial, "000001").serial == serial


@pytest.mark.parametrize(
    "serial",
    [
        "",
        "东教〔2026〕05号",
        "东教〔26〕5号",
        "东教[2026]5号",
        "东教（2026）5号",
        "东教〔2026〕第5号",
        "〔2026〕5号",
        "东教〔2026〕5",
    ],
)
def test_a_number_out_of_form_is_refused_in_words(serial):
    with pytest.raises(ValidationError, match="发文字号应写成"):
        Head("东县教育局", serial)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Head(" ", "东教〔2026〕5号"), "请填发文机关"),
        (lambda: Head("东县教育局", "东教〔2026〕5号", "12"), "份号应为6位数字"),
        (lambda: Foot("", "", DAY), "请填印发机关"),
        (lambda: BriefHead("", 1, "东县双减办", DAY), "请填简报名称"),
        (lambda: BriefHead("双减工作简报", 0, "东县双减办", DAY), "期数从1开始"),
    ],
)
def test_what_is_missing_is_said(make, words):
    with pytest.raises(ValidationError, match=words):
        make()
