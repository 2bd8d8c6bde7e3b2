"""From the workbook's bytes to typed rows. Knows the words that may stand in a cell, not what the database holds."""

import re
from typing import Any

from paper import workbook
from schools.imports.rows import Problem, Rows
from schools.imports.sheets import FORMS, Form


def read(content: bytes) -> Rows:
    """Sheets that are not there count as empty. Raises paper.workbook.WorkbookError for a file that will not do."""
    present = workbook.sheet_titles(content)
    if not any(form.title in present for form in FORMS):
        titles = "、".join(form.title for form in FORMS)
        raise workbook.WorkbookError(f"文件里没有要导入的工作表（{titles}）。请使用下载的模板。")
    rows = Rows()
    for form in FORMS:
        if form.title in present:
            _read_sheet(content, form, rows)
    return rows


def _read_sheet(content: bytes, form: Form, rows: Rows) -> None:
    into = getattr(rows, form.into)
    headers = {column.key: column.header for column in form.columns}
    for row in workbook.read_rows(content, form.title, form.columns):
        rows.counts[form.title] = rows.counts.get(form.title, 0) + 1
        problems = [Problem(form.title, row.number, error.header, error.message) for error in row.errors]
        for key, words in _refused(form, row.values):
            problems.append(Problem(form.title, row.number, headers[key], words))
        if problems:
            rows.problems += problems
        else:
            into.append(form.row(line=row.number, **_meant(form, row.values)))


def _refused(form: Form, values: dict[str, Any]) -> list[tuple[str, str]]:
    """Keys of cells whose value may not stand there, each with the reason."""
    return [(key, words) for key, value in values.items() if value is not None and (words := _words(form, key, value))]


def _words(form: Form, key: str, value: Any) -> str:
    if key in form.choices and value not in form.choices[key]:
        return f"没有“{value}”，应填{'、'.join(list(form.choices[key])[:9])}。"
    if key in form.patterns and not re.fullmatch(form.patterns[key][0], value):
        return f"现在是“{value}”，{form.patterns[key][1]}"
    if key in form.bounds and not form.bounds[key][0] <= value <= form.bounds[key][1]:
        return f"应在{form.bounds[key][0]}到{form.bounds[key][1]}之间，现在是{value}。"
    if key in form.lengths and len(value) > form.lengths[key]:
        return f"最多{form.lengths[key]}个字。"
    return ""


def _meant(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    """Words become what they stand for: 学校 becomes "school", 五年级 becomes 5, the school year a number."""
    meant = {key: form.choices[key].get(value) if key in form.choices else value for key, value in values.items()}
    return meant | {key: int(value) for key, value in meant.items() if key == "year" and value}
