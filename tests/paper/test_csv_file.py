"""CSV as banks and offices write it: encodings, sums, files that will not do."""

import pytest

from paper.csv_file import headers, read_csv
from paper.workbook import Column, Kind, WorkbookError

COLUMNS = [Column("day", "日期", Kind.DATE), Column("sum", "金额", Kind.MONEY)]
TEXT = '日期,金额,备注\r\n2026-10-08,"1,280.50",甲\r\n\r\n20261009,300,乙\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_any_encoding_of_an_office(encoding):
    rows = list(read_csv(TEXT.encode(encoding), COLUMNS))
    assert [(row.number, str(row.values["day"]), row.values["sum"]) for row in rows] == [
        (2, "2026-10-08", 128_050),
        (4, "2026-10-09", 30_000),
    ]
    assert headers(TEXT.encode(encoding)) == ["日期", "金额", "备注"]


@pytest.mark.parametrize(
    ("written", "cents"),
    [("0.1", 10), ("-3.00", -300), ("12345678901.99", 1_234_567_890_199), ("￥5,000元", 500_000), ("３００", 30_000)],
)
def test_sums_are_exact(written, cents):
    (row,) = read_csv(f'日期,金额\n2026-10-08,"{written}"\n'.encode(), COLUMNS)
    assert row.values["sum"] == cents


@pytest.mark.parametrize("written", ["1.234", "一百", "1e5"])
def test_what_is_no_sum_is_named(written):
    (row,) = read_csv(f"日期,金额\n2026-10-08,{written}\n".encode(), COLUMNS)
    assert [str(error) for error in row.errors] == [
        f"第 2 行“金额”：应填以元为单位的金额，如 12,345.60，现在是“{written}”。"
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04\x00\x00", "这不是CSV文件"),
        (b"\xff\xff\xff", "编码认不出来"),
        ('日期,金额\n"2026-10-08,1\n'.encode(), "引号不成对"),
        ("日期\n2026-10-08\n".encode(), "缺少列：金额"),
    ],
)
def test_a_file_that_will_not_do_says_why(content, words):
    with pytest.raises(WorkbookError, match=words):
        list(read_csv(content, COLUMNS))


def test_a_short_line_has_empty_cells():
    (row,) = read_csv("日期,金额\n2026-10-08\n".encode(), COLUMNS)
    assert row.values["sum"] is None
