"""A snapshot on paper and in files: PDF with the figures inside, Word, workbook, JSON, CSV. All say reports.tables."""

import csv
import datetime as dt
import hashlib
import io
import json
import re
from typing import Any

import segno
from django.utils import timezone

from paper import charts as drawing
from paper.pdf import Attachment, render_pdf
from paper.word import render_word
from reports import charts, oversight_tables, service_tables, tables, training_tables
from reports.issuing.particulars import Particulars
from reports.models import Report, ReportFile
from reports.snapshot import Snapshot
from reports.workbook import workbook
from schools.periods import Period, PeriodKind

Format = ReportFile.Format
TEMPLATE = "reports/pdf/homework.html"


def title(snapshot: Snapshot) -> str:
    """As on the first page: 东县义务教育学校作业管理月报, or 作业管理和课后服务月报 where it speaks of both."""
    both = "和课后服务" if snapshot.has_service else ""
    return f"{snapshot.unit_name}义务教育学校作业管理{both}{kind_name(snapshot.reported)}"


def kind_name(period: Period) -> str:
    return "月报" if period.kind == PeriodKind.MONTH else "半月报"


def file_name(report: Report, format: str) -> str:
    """Without characters that file systems refuse or take for a folder; says draft or version. Reads `report.unit`."""
    mark = "" if report.version < 2 else f"更正{report.version - 1}"
    mark += "" if report.is_issued else report.get_state_display()
    period = report.period
    name = re.sub(r'[\x00-\x1f/\\:*?"<>|.]', "", report.unit.name)
    return f"{report.unit.code}{name}{period.name}作业管理{kind_name(period)}{mark}.{format}"


def print_all(snapshot: Snapshot, made_at: dt.datetime) -> list[ReportFile]:
    """The report in every format, not yet saved. Raises paper.errors.PaperError rather than print a hole."""
    return [*_papers(snapshot, made_at), make_workbook(snapshot), make_json(snapshot)]


def print_issued(snapshot: Snapshot, issued: Particulars) -> list[ReportFile]:
    """What differs once it is issued: the papers. Raises paper.errors.PaperError."""
    return _papers(snapshot, issued.at, issued)


def _papers(snapshot: Snapshot, made_at: dt.datetime, issued: Particulars | None = None) -> list[ReportFile]:
    """PDF and Word of one context, whose charts are drawn once. Not issued, they say so on every page."""
    context = pdf_context(snapshot) | _of_issue(snapshot, issued)
    return [_pdf(snapshot, context, made_at), _word(snapshot, context, made_at)]


def make_pdf(snapshot: Snapshot, made_at: dt.datetime) -> ReportFile:
    """Alone, not issued."""
    return _pdf(snapshot, pdf_context(snapshot) | _of_issue(snapshot, None), made_at)


def _pdf(snapshot: Snapshot, context: dict[str, Any], made_at: dt.datetime) -> ReportFile:
    enclosed = Attachment(f"{snapshot.unit_code}-{snapshot.period}.csv", school_csv(snapshot), "分校明细")
    printed = render_pdf(TEMPLATE, context, made_at=made_at, attachments=[enclosed])
    return ReportFile(
        format=Format.PDF,
        content=printed.content,
        sha256=printed.sha256,
        pages=printed.pages,
        fonts=list(printed.fonts),
    )


def _word(snapshot: Snapshot, context: dict[str, Any], made_at: dt.datetime) -> ReportFile:
    """Text and tables of the PDF, to be edited; what counts is the PDF."""
    content = render_word(TEMPLATE, context, title=title(snapshot), author=snapshot.unit_name, made_at=made_at)
    return _file(Format.DOCX, content)


def _of_issue(snapshot: Snapshot, issued: Particulars | None) -> dict[str, Any]:
    if issued is None:
        return {"draft": True, "draft_word": "草稿" if snapshot.is_draft else "未签发"}
    code = segno.make(issued.address, error="m").svg_data_uri(border=0)
    return {"draft": False, "issued": issued, "qr_code": code}


def pdf_context(snapshot: Snapshot) -> dict[str, Any]:
    first_day, last_day = snapshot.days_counted
    figures, service = tables.key_figures(snapshot), service_tables.figures(snapshot)
    trained = training_tables.figures(snapshot)
    overseen = [*oversight_tables.findings(snapshot), *oversight_tables.complaints(snapshot)]
    return {
        "snapshot": snapshot,
        "title": title(snapshot),
        "author": snapshot.unit_name,
        "draft_note": f"数据截至{timezone.localtime(snapshot.data_until_at):%Y年%-m月%-d日%H:%M}",
        "period": snapshot.reported,
        "previous": snapshot.reported.previous(),
        "annexes": annexes(snapshot),
        "first_day": first_day,
        "last_day": last_day,
        "data_until": snapshot.data_until_at,
        "key_figures": figures,
        "figure": {figure.code: figure.value for figure in (*figures, *service, *trained, *overseen)},
        "table": tables.main_table(snapshot),
        "beside": tables.beside(snapshot),
        "training_figures": trained,
        "training_table": training_tables.table(snapshot),
        "disguises": training_tables.disguises(snapshot),
        "oversight_figures": overseen,
        "finding_figures": oversight_tables.findings(snapshot),
        "complaint_figures": oversight_tables.complaints(snapshot),
        "categories": oversight_tables.categories(snapshot),
        "oversight_table": oversight_tables.table(snapshot),
        "parts": _parts(snapshot),
        "service_figures": service,
        "service_table": service_tables.table(snapshot),
        "grades": tables.by_grade(snapshot),
        "shortfalls": tables.shortfalls(snapshot),
        "shortfalls_left_out": max(len(snapshot.shortfalls) - tables.MOST_SHORTFALLS, 0),
        "limits": tables.limits(snapshot),
        "corrections": snapshot.corrections[: tables.MOST_CORRECTIONS],
        "corrections_left_out": max(len(snapshot.corrections) - tables.MOST_CORRECTIONS, 0),
        "trend": drawing.svg(charts.trend(snapshot), width=620, height=200),
        "distribution": drawing.svg(charts.distribution(snapshot, label_width=86), width=620, height=210),
    }


def _parts(snapshot: Snapshot) -> dict[str, str]:
    """The numbers of the parts after the fourth and of their tables: what nothing is known of is left out."""
    service, training = snapshot.has_service, snapshot.has_training
    table = 7 if service else 5 if tables.beside(snapshot) else 4
    part = "五六七八"[service:]
    return {
        "training": part[0],
        "training_table": str(table),
        "findings": part[training],
        "complaints": part[training + 1],
        "first_table": str(table + (training and 1 + snapshot.is_city)),
    }


def annexes(snapshot: Snapshot) -> list[str]:
    """Titles, in the order of their numbers."""
    return [
        *(["未达到目标的学校"] if snapshot.shortfalls else []),
        *(["更正说明"] if snapshot.corrections else []),
        "指标口径与数据说明",
    ]


def school_csv(snapshot: Snapshot) -> bytes:
    """Every school with every count; with a byte order mark, for Excel."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(tables.school_headings(snapshot))
    writer.writerows(tables.school_rows(snapshot))
    return text.getvalue().encode("utf-8-sig")


def make_workbook(snapshot: Snapshot) -> ReportFile:
    return _file(Format.XLSX, workbook(title(snapshot), snapshot))


def make_json(snapshot: Snapshot) -> ReportFile:
    data = {
        "title": title(snapshot),
        "figures": [
            {
                "code": figure.code,
                "name": figure.name,
                "numerator": figure.numerator,
                "denominator": figure.denominator,
                "value": figure.value,
                "previous": figure.previous,
                "change": figure.change,
                "year_ago": figure.year_ago,
                "target": figure.target,
            }
            for figure in (*tables.key_figures(snapshot), *service_tables.figures(snapshot))
        ],
        **snapshot.as_json(),
    }
    return _file(Format.JSON, json.dumps(data, ensure_ascii=False, indent=1).encode())


def _file(format: str, content: bytes) -> ReportFile:
    return ReportFile(format=format, content=content, sha256=hashlib.sha256(content).hexdigest())
