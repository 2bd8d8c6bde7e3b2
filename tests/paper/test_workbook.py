import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from paper import workbook
from paper.workbook import Column, ErrorSheet, Kind, Sheet, WorkbookError, error_workbook, read_rows, write_workbook

COLUMNS = [
    Column("code", "学校编码", Kind.CODE, is_required=True),
    Column("name", "学校名称", is_required=True),
    Column("pupils", "在籍人数", Kind.INT),
    Column("opened_on", "开办日期", Kind.DATE),
]


def a_file(*rows, header=("学校编码", "学校名称", "在籍人数", "开办日期"), title="学校"):
    """A workbook as somebody's Excel would write it: numbers as numbers, the rest as text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet(title)
    for line, row in enumerate([header, *rows]):
        page.write_row(line, 0, row)
    book.close()
    return target.getvalue()


def messages(*rows):
    return [str(error) for row in read_rows(a_file(*rows), "学校", COLUMNS) for error in row.errors]


def test_what_is_written_is_read_back():
    rows = [("0123456789", "东关小学", 1200, dt.date(1956, 9, 1)), ("1234567890", "西山小学", None, None)]
    content = write_workbook([Sheet("说明", [Column("text", "说明")]), Sheet("学校", COLUMNS, rows)])
    read = list(read_rows(content, "学校", COLUMNS))
    assert [tuple(row.values.values()) for row in read] == rows
    assert [row.number for row in read] == [2, 3]
    assert not any(row.errors for row in read)


def test_a_code_typed_as_a_number_stays_digits():
    (row,) = read_rows(a_file((3301130001, "东关小学", 5, "")), "学校", COLUMNS)
    assert row.values["code"] == "3301130001"


def test_full_width_digits_of_a_code_become_half_width():
    (row,) = read_rows(a_file(("330113", "东关小学")), "学校", COLUMNS)
    assert row.values["code"] == "330113"


def test_columns_may_stand_in_any_order_and_others_are_passed_over():
    content = a_file(
        (7, "备注", "东关小学", "", "3301"), header=("在籍人数", "别的", "学校名称", "开办日期", "学校编码")
    )
    (row,) = read_rows(content, "学校", COLUMNS)
    assert row.values == {"code": "3301", "name": "东关小学", "pupils": 7, "opened_on": None}


def test_empty_lines_are_left_out_and_the_numbering_stays_excels():
    read = list(read_rows(a_file(("1", "甲"), ("", " "), ("2", "乙")), "学校", COLUMNS))
    assert [row.number for row in read] == [2, 4]


@pytest.mark.parametrize("text", ["2026-09-01", "2026/9/1", "2026.9.1", "2026年9月1日", "20260901", 20260901])
def test_dates_are_read_as_offices_write_them(text):
    (row,) = read_rows(a_file(("1", "甲", "", text)), "学校", COLUMNS)
    assert row.values["opened_on"] == dt.date(2026, 9, 1)


@pytest.mark.parametrize("text", ["2026-02-30", "去年", "2026年9月", "9/1"])
def test_a_bad_date_is_named_by_row_and_column(text):
    assert messages(("1", "甲", "", text)) == [f"第 2 行“开办日期”：应填日期，如 2026-09-01，现在是“{text}”。"]


def test_each_bad_cell_of_a_row_is_told():
    assert messages(("1", "甲"), ("", "乙", 3.5, "x")) == [
        "第 3 行“学校编码”：必填，不能空着。",
        "第 3 行“在籍人数”：应填整数，现在是“3.5”。",
        "第 3 行“开办日期”：应填日期，如 2026-09-01，现在是“x”。",
    ]


def test_a_number_that_excel_has_rounded_is_refused():
    (message,) = messages((110101199003071234, "甲"))
    assert "数字过长" in message


def test_an_excel_error_is_not_taken_for_a_name():
    (message,) = messages(("1", "#N/A"))
    assert "公式出错" in message


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 nearly"])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(WorkbookError, match="另存为"):
        read_rows(content, "学校", COLUMNS)


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 10_000)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000)
    with pytest.raises(WorkbookError, match="过大"):
        read_rows(target.getvalue(), "学校", COLUMNS)


def test_too_long_a_file_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_BYTES", 100)
    with pytest.raises(WorkbookError, match="MB"):
        read_rows(a_file(), "学校", COLUMNS)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    with pytest.raises(WorkbookError, match="分成几个文件"):
        read_rows(a_file(("1", "甲"), ("2", "乙"), ("3", "丙")), "学校", COLUMNS)


def test_a_missing_sheet_is_named_with_those_that_are_there():
    with pytest.raises(WorkbookError, match=r"没有名为“学校”的工作表（文件中有：别的）"):
        read_rows(a_file(title="别的"), "学校", COLUMNS)


def test_missing_and_doubled_columns_are_named():
    with pytest.raises(WorkbookError, match="缺少列：在籍人数、开办日期"):
        read_rows(a_file(header=("学校编码", "学校名称")), "学校", COLUMNS)
    with pytest.raises(WorkbookError, match="重复的列：学校编码"):
        read_rows(a_file(header=("学校编码", "学校名称", "在籍人数", "开办日期", "学校编码")), "学校", COLUMNS)


def test_text_never_becomes_a_formula_or_a_link():
    content = write_workbook([Sheet("学校", COLUMNS, [("1", '=HYPERLINK("http://x","y")', None, None)])])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    (row,) = read_rows(content, "学校", COLUMNS)
    assert row.values["name"].startswith("=HYPERLINK")


def test_the_error_workbook_gives_the_rows_back_with_their_problems_and_can_be_sent_in_again():
    bad = [row for row in read_rows(a_file((3301, "甲", "多", "")), "学校", COLUMNS) if row.errors]
    content = error_workbook([ErrorSheet("学校", COLUMNS, bad, {2: ["编码已被“乙”占用。"]})])
    cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("学校").to_python()
    assert cells[0][-1] == "问题"
    assert cells[1] == ["3301", "甲", "多", "", "在籍人数：应填整数，现在是“多”。；编码已被“乙”占用。"]
    (again,) = read_rows(content, "学校", COLUMNS)
    assert again.values["code"] == "3301"


def test_shares_and_minutes_are_read():
    columns = [Column("share", "比例", Kind.PERCENT), Column("minutes", "时长", Kind.MINUTES)]
    rows = list(read_rows(a_file((0.95, "45分钟"), ("95%", 1441), header=("比例", "时长")), "学校", columns))
    assert rows[0].values == {"share": 0.95, "minutes": 45}
    assert rows[1].values == {"share": 0.95, "minutes": None}
    assert [error.header for error in rows[1].errors] == ["时长"]


@pytest.mark.slow
def test_forty_thousand_rows_come_back_whole():
    rows = [(str(1_000_000_000 + number), f"教师{number}", number % 60, None) for number in range(40_000)]
    read = list(read_rows(write_workbook([Sheet("学校", COLUMNS, rows)]), "学校", COLUMNS))
    assert len(read) == 40_000
    assert read[-1].values["name"] == "教师39999"
