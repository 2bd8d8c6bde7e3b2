"""Workbooks as an office fills them in: rows by sheet, every value as typed."""

from paper.workbook import Sheet, write_workbook
from schools.imports.rows import CLASSES, STAFF, TEACHINGS, UNITS
from schools.imports.sheets import FORMS

SHEETS = {"units": UNITS, "staff": STAFF, "classes": CLASSES, "teachings": TEACHINGS}


def workbook(**rows: list[tuple[object, ...]]) -> bytes:
    """Rows may be short: the missing columns stay empty."""
    sheets = []
    for form in FORMS:
        given = rows.get(form.into, [])
        filled = [(*row, *[None] * (len(form.columns) - len(row))) for row in given]
        sheets.append(Sheet(form.title, form.columns, filled))
    return write_workbook(sheets)


def a_county(city: str, county: str = "410971", school: str = "4109710001") -> dict[str, list[tuple[object, ...]]]:
    """One county with one primary school of two classes, two teachers and their teachings, all of it good."""
    return {
        "units": [
            # The child stands before its parent on purpose.
            (school, "新区第一小学", "学校", county, "2021-09-01", "小学", "六三学制", "公办", "城区"),
            (county, "新区", "区", city, "2021-01-01"),
        ],
        "staff": [
            (school, "001", "陈一", "13800000001", "教师", "2021-09-01"),
            (school, "002", "林二", None, "教导处"),
        ],
        "classes": [
            (school, "2026", "五年级", 1, 42, "001"),
            (school, "2026", "1", 2, 38),
        ],
        "teachings": [
            (school, "2026", "五年级", 1, "语文", "001"),
            (school, "2026", "5", 1, "数学", "002"),
        ],
    }
