"""The national form on paper and in files: PDF in two layouts, Excel, CSV, JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from itertools import groupby
from typing import Any

from paper.pdf import Attachment, Printed, render_pdf
from paper.workbook import Column, Kind, Sheet, Value, write_workbook
from reports.national.form import Form, Item, Row, Side
from reports.national.lines import LINES, Over
from reports.national.notes import notes, notes_on_units

FORMATS = ("pdf", "xlsx", "csv", "json")
NOT_KNOWN = "--"  # the share of a line of the basis, as published


def written(form: Form, format: str, *, now: dt.datetime, across: bool = False, is_public: bool = False) -> bytes:
    """In one of FORMATS. Raises paper.errors.PaperError."""
    if format == "pdf":
        return as_pdf(form, now=now, across=across, is_public=is_public).content
    if format == "xlsx":
        return as_workbook(form, is_public=is_public)
    return as_csv(form) if format == "csv" else as_json(form)


def as_json(form: Form) -> bytes:
    basis = form.whole.numbers.institutions
    data = {
        "title": form.title,
        "unit": form.unit.name,
        "period": form.period.code,
        "cutoff": form.cutoff.isoformat(),
        "basis": {
            "counties": form.whole.numbers.counties,
            "schools": form.whole.numbers.schools,
            "academic_institutions": {
                "total": basis.basis,
                "online": basis.basis_online,
                "offline": basis.basis_offline,
            },
        },
        "items": [
            {
                "no": item.line.no,
                "group": item.line.group,
                "name": item.line.name,
                "declared": item.declared and item.declared.as_json(),
                "computed": item.computed and item.computed.as_json(),
            }
            for item in form.whole.items
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def as_csv(form: Form) -> bytes:
    """Lines down the page; with a byte order mark, for Excel."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.header for column in LINE_COLUMNS])
    writer.writerows(_line_rows(form))
    return text.getvalue().encode("utf-8-sig")


LINE_COLUMNS = (
    Column("group", "类别", width=26),
    Column("no", "序号", Kind.INT, width=6),
    Column("name", "项目", width=56),
    Column("count", "数量", width=10),
    Column("share", "占比", width=10),
    Column("declared", "申报数量", width=10),
    Column("declared_share", "申报占比", width=10),
    Column("computed", "系统计算数量", width=14),
    Column("computed_share", "系统计算占比", width=14),
)


def _line_rows(form: Form) -> list[tuple[Value, ...]]:
    basis: list[tuple[Value, ...]] = [
        ("基本情况", None, name, str(count), NOT_KNOWN, None, None, None, None) for name, count in _basis_lines(form)
    ]
    return basis + [
        (
            item.line.group,
            item.line.no,
            item.line.name,
            item.count_text,
            item.share_text,
            *_cells(item.declared),
            *_cells(item.computed),
        )
        for item in form.whole.items
    ]


def _cells(side: Side | None) -> tuple[str, str]:
    return (side.text, side.share or "") if side else ("", "")


BASIS = ("县(市、区)总数", "义务教育学校总数", "学科类校外培训机构总数", "其中：线上机构", "其中：线下机构")


def _basis_of(row: Row) -> tuple[int, ...]:
    """In the order of BASIS."""
    found = row.numbers.institutions
    return (row.numbers.counties, row.numbers.schools, found.basis, found.basis_online, found.basis_offline)


def _basis_lines(form: Form) -> list[tuple[str, int]]:
    return list(zip(BASIS, _basis_of(form.whole), strict=True))


def as_workbook(form: Form, *, is_public: bool = False) -> bytes:
    sheets = [Sheet("半月报", LINE_COLUMNS, _line_rows(form))]
    if form.areas:
        sheets.append(_across(form))
    said = notes(form) + ([] if is_public else notes_on_units(form))
    about = [("标题", form.title), ("期次", form.period.name), *((f"说明{n}", text) for n, text in enumerate(said, 1))]
    sheets.append(Sheet("说明", [Column("item", "项目"), Column("text", "内容", width=100)], about))
    return write_workbook(sheets)


def _across(form: Form) -> Sheet:
    columns = [Column("code", "代码", Kind.CODE), Column("name", "单位", width=20)]
    columns += [Column(name, name, Kind.INT, width=12) for name in BASIS]
    for line in LINES:
        columns.append(Column(f"count_{line.no}", f"{line.no}.{line.name}", width=18))
        if _has_share(line.over):
            columns.append(Column(f"share_{line.no}", f"{line.no}.占比", width=10))
    rows: list[tuple[Value, ...]] = []
    for row in (*form.areas, form.whole):
        cells: list[Value] = [row.code, row.name, *_basis_of(row)]
        for item in row.items:
            cells += [item.count_text, item.share_text] if _has_share(item.line.over) else [item.count_text]
        rows.append(tuple(cells))
    return Sheet("分县", columns, rows)


def _has_share(over: Over) -> bool:
    return over not in (Over.NOTHING, Over.YES_NO)


def as_pdf(form: Form, *, now: dt.datetime, across: bool = False, is_public: bool = False) -> Printed:
    """One unit with lines down the page, or, `across`, A4 landscape with the city's counties down it.

    `is_public`: without the notes on units. Raises paper.errors.PaperError.
    """
    layout = "across" if across else "lines"
    return render_pdf(
        f"reports/pdf/national_{layout}.html",
        context(form, is_public=is_public),
        made_at=now,
        attachments=[
            Attachment("半月报.csv", as_csv(form), "各项数量和占比"),
            Attachment("半月报.json", as_json(form)),
        ],
    )


def context(form: Form, *, is_public: bool) -> dict[str, Any]:
    """For the templates of both layouts and of the page."""
    return {
        "form": form,
        "draft": form.is_draft,
        "author": form.unit.name,
        "groups": _grouped(form.whole.items),
        "basis": _basis_lines(form),
        "not_known": NOT_KNOWN,
        "lines": LINES,
        "rows": [(row, _basis_of(row)) for row in (*form.areas, form.whole)],
        "notes": notes(form),
        "unit_notes": [] if is_public else notes_on_units(form),
    }


def _grouped(items: list[Item]) -> list[tuple[str, list[Item]]]:
    return [(group, list(lines)) for group, lines in groupby(items, key=lambda item: item.line.group)]
