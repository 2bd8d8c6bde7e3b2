"""A bank's statement: read whole or refused with the line that will not do; sums exact."""

import datetime as dt

import pytest

from training.statement import StatementError, read

HEAD = "日期,收入,支出,余额\n"


def problems(text: str) -> list[str]:
    with pytest.raises(StatementError) as caught:
        read(text.encode())
    return caught.value.problems


def test_a_month_adds_up_to_the_last_fen():
    found = read(
        (HEAD + '2026-09-01,"0.10",,100.10\n2026-09-15,,"0.30",99.80\n2026-09-30,1000,0,"1,099.80"\n').encode()
    )
    assert (found.month, found.opening, found.came_in, found.went_out, found.closing) == (
        dt.date(2026, 9, 1),
        10_000,
        100_010,
        30,
        109_980,
    )


def test_the_latest_first_is_turned_round_also_within_a_day():
    found = read((HEAD + "2026-09-02,,50,150\n2026-09-02,100,,200\n2026-09-01,100,,100\n").encode())
    assert [(line.number, line.balance) for line in found.lines] == [(4, 10_000), (3, 20_000), (2, 15_000)]


def test_a_line_that_does_not_follow_is_named():
    assert problems(HEAD + "2026-09-01,100,,100\n2026-09-02,,50,40\n") == [
        "第 3 行：余额对不上，按上一笔应是50元，现在是40元。请核对是否漏了交易。"
    ]


def test_what_is_wrong_is_said_of_every_line():
    assert problems(HEAD + "2026-09-01,,,100\n2026-13-02,1,,101\n2026-09-03,1,1,101\n2026-09-04,-1,,100\n") == [
        "第 3 行“日期”：应填日期，如 2026-09-01，现在是“2026-13-02”。",
        "第 2 行：收入和支出应有一个、也只有一个不是0。",
        "第 4 行：收入和支出应有一个、也只有一个不是0。",
        "第 5 行：收入和支出都应是正数。",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("日期,收入,支出\n2026-09-01,1,,\n", "缺少“余额”一列（也可以叫账户余额、交易后余额）。"),
        (HEAD, "文件里没有流水，请检查后重新上传。"),
        (HEAD + "2026-09-30,1,,1\n2026-10-01,1,,2\n", "一份文件只放一个月的流水，请按月分开导出。"),
    ],
)
def test_a_file_that_will_not_do(text, words):
    assert problems(text) == [words]


def test_who_paid_in_is_not_kept():
    found = read("日期,收入,支出,余额,对方户名\n2026-09-01,100,,100,张三家长\n2026-09-02,,10,90,某公司\n".encode())
    assert [line.paid_to for line in found.lines] == ["", "某公司"]
