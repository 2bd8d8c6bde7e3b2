"""The bad rows of a workbook, given back as they came with their reasons."""

from collections import defaultdict

from paper.workbook import ErrorSheet, error_workbook, read_rows
from schools.imports.sheets import FORMS
from schools.models import ImportBatch


def bad_rows_workbook(batch: ImportBatch) -> bytes:
    """Corrected, it can be sent in again as it is: the rows that were good are not in it."""
    content = bytes(batch.content)
    words: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for sheet, line, column, message in batch.problems:
        words[sheet][line].append(f"{column}：{message}")
    sheets = []
    for form in FORMS:
        if form.title in words:
            bad = [row for row in read_rows(content, form.title, form.columns) if row.number in words[form.title]]
            # Errors of the cells stand among the batch's problems already.
            rows = [type(row)(row.number, row.values, (), row.cells) for row in bad]
            sheets.append(ErrorSheet(form.title, form.columns, rows, words[form.title]))
    return error_workbook(sheets)
