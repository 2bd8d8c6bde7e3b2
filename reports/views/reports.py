"""The bureau's shelf of reports, one report with its progress, its files; and what a school reads of itself."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts import step_forms
from accounts.http import SignedInRequest
from accounts.models import User
from reports import (
    batches,
    charts,
    indicators,
    oversight_tables,
    service_tables,
    services,
    shelf,
    tables,
    training_tables,
)
from reports.compute import NoReportError
from reports.forms import ReportStepForm
from reports.issuing import life
from reports.models import Report, ReportFile, ReportStep
from reports.snapshot import from_json
from schools import access
from schools.models import OrgUnit, Role, School
from schools.periods import Period, UnknownPeriodError, containing, parse

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
LINES_SHOWN = 24


@login_required
@require_safe
def report_list(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "see_report")
    today = timezone.localdate()
    month = _month(request.GET.get("month", ""), today)
    units = list(shelf.reporting_units(access.scope(request.user, "make_report")))
    periods = shelf.periods_of_month(month)
    found = shelf.entries(units, periods, today) if units else []
    by_period = [(period, [entry for entry in found if entry.period == period]) for period in periods]
    context = {
        "units": units,
        "month": month,
        "is_this_month": (month.year, month.month) == (today.year, today.month),
        "previous_month": containing(periods[2].kind, month).previous().code,
        "next_month": containing(periods[2].kind, periods[2].last_day + dt.timedelta(days=1)).code,
        "by_period": [
            {
                "period": period,
                "entries": some,
                "has_files": any(entry.formats for entry in some),
                "makes_many": sum(entry.may_be_made and not entry.is_running for entry in some) > 1,
                "running": sum(entry.is_running for entry in some),
                "failed": sum(entry.has_failed for entry in some),
            }
            for period, some in by_period
        ],
        "is_making": any(entry.is_running for entry in found),
        "schools": _school_lines(request),
    }
    return render(request, "reports/report_list.html", context)


@login_required
@require_safe
def report_detail(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    unit, reported = report_of(request, code, period)
    if request.headers.get("HX-Request"):
        entry = shelf.entry(unit, reported, timezone.localdate())
        return _progress(request, entry, may_make=access.can(request.user, "make_report", unit))
    return detail(request, unit, reported)


def detail(
    request: SignedInRequest,
    unit: OrgUnit,
    period: Period,
    *,
    sent_back: ReportStepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The report's page; `sent_back`: the form of a step that was refused."""
    entry = shelf.entry(unit, period, timezone.localdate())
    versions = Report.objects.of(unit, period).defer("snapshot").select_related("issued_by").order_by("-version")
    context = {
        "entry": entry,
        "unit": unit,
        "period": period,
        "may_make": access.can(request.user, "make_report", unit),
        "versions": versions,
    }
    if entry.report:
        context |= _figures(entry.report) | {
            "forms": _step_entries(request.user, entry.report, sent_back),
            "steps": entry.report.steps.select_related("by"),
        }
    return render(request, "reports/report_detail.html", context, status=status)


def _step_entries(user: User, report: Report, sent_back: ReportStepForm | None) -> list[step_forms.Entry]:
    """The forms of the steps that are hers now. Reads `report.unit`."""
    return step_forms.entries(
        life.allowed(report.state, access.duties_at(user, report.unit_id)),
        make=lambda step: ReportStepForm(step=step),
        sent_back=sent_back,
        label=lambda step: str(ReportStep.Kind(step.value).label),
        url=lambda step: reverse("reports:report_step", args=[report.unit.code, report.period.code, step]),
    )


@login_required
@require_POST
def report_make(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    unit, reported = report_of(request, code, period)
    access.require(request.user, "make_report", unit)
    try:
        services.ask_for_report(by=request.user, unit=unit, period=reported, now=timezone.localtime())
    except NoReportError as error:
        messages.error(request, str(error))
        return redirect("reports:report_list")
    return redirect("reports:report_detail", code=code, period=period)


@login_required
@require_POST
def report_make_all(request: SignedInRequest, period: str) -> HttpResponse:
    """Every report of the period of my units; the list shows how far each is."""
    units = list(shelf.reporting_units(access.require_anywhere(request.user, "make_report")))
    reported = period_of(period)
    asked = batches.make_all(by=request.user, units=units, period=reported, today=timezone.localdate())
    messages.success(request, f"正在生成{asked}份报告。可以离开本页。" if asked else "没有可以生成的报告。")
    return redirect(f"{reverse('reports:report_list')}?month={reported.first_day:%Y-%m}")


@login_required
@require_safe
def report_download(request: SignedInRequest, code: str, period: str, version: int, format: str) -> HttpResponse:
    unit, reported = report_of(request, code, period)
    files = _files(Report.objects.of(unit, reported).filter(version=version)).filter(format=format)
    [(name, content)] = services.hand_out(by=request.user, files=[get_object_or_404(files)])
    return attachment(content, CONTENT_TYPES[format], name)


@login_required
@require_safe
def report_zip(request: SignedInRequest, period: str) -> HttpResponse:
    """The latest version of every report of my units, in every format."""
    units = list(shelf.reporting_units(access.require_anywhere(request.user, "make_report")))
    reported = period_of(period)
    made = [entry.report for entry in shelf.entries(units, [reported], timezone.localdate()) if entry.report]
    if not made:
        raise Http404
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in services.hand_out(by=request.user, files=list(_files(made))):
            archive.writestr(name, content)
    return attachment(packed.getvalue(), "application/zip", f"{reported.name}作业管理报表.zip")


def _files(reports: Iterable[Report]) -> QuerySet[ReportFile]:
    """With their reports, but without the snapshots, which are large."""
    files = ReportFile.objects.filter(report__in=reports).select_related("report__unit")
    return files.defer("report__snapshot").order_by("report__unit__code", "format")


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition or ""})


def report_of(request: SignedInRequest, code: str, period: str) -> tuple[OrgUnit, Period]:
    """404 for a unit outside the scope or one that does not report, 403 for those whose job it is not."""
    units = OrgUnit.objects.filter(level__in=shelf.REPORTING_LEVELS)
    unit = access.get_visible(units, request.user, code=code)
    access.require(request.user, "see_report", unit)
    return unit, period_of(period)


def period_of(code: str) -> Period:
    try:
        return parse(code)
    except UnknownPeriodError as error:
        raise Http404 from error


def _month(code: str, today: dt.date) -> dt.date:
    """Any day of the month asked for; today where nothing sensible was."""
    try:
        return parse(code).first_day
    except UnknownPeriodError:
        return today


def _progress(request: SignedInRequest, entry: shelf.Entry, *, may_make: bool) -> HttpResponse:
    """The fragment that asks again; once the job has ended the page is loaded anew."""
    if not entry.is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "reports/_report_state.html", {"entry": entry, "may_make": may_make})


def _figures(report: Report) -> dict[str, object]:
    snapshot = from_json(report.snapshot)
    return {
        "snapshot": snapshot,
        "key_figures": tables.key_figures(snapshot),
        "table": tables.main_table(snapshot),
        "beside": tables.beside(snapshot),
        "service_figures": service_tables.figures(snapshot),
        "service_table": service_tables.table(snapshot),
        "training_figures": training_tables.figures(snapshot),
        "training_table": training_tables.table(snapshot),
        "oversight_figures": [*oversight_tables.findings(snapshot), *oversight_tables.complaints(snapshot)],
        "oversight_table": oversight_tables.table(snapshot),
        "grades": tables.by_grade(snapshot),
        "shortfalls": tables.shortfalls(snapshot),
        "trend": charts.trend(snapshot),
        "distribution": charts.distribution(snapshot),
    }


def _school_lines(request: SignedInRequest) -> list[dict[str, object]]:
    """Per school of which the user is principal: its line of each period, and nobody else's."""
    codes = [posting.unit.code for posting in access.held(request.user) if posting.role == Role.PRINCIPAL]
    schools = School.objects.filter(unit__code__in=codes).select_related("unit").order_by("unit__code")
    return [
        {"school": school, "rows": [_line(said) for said in shelf.lines_of_school(school, most=LINES_SHOWN)]}
        for school in schools
    ]


def _line(said: shelf.Said) -> dict[str, object]:
    counts = said.line.counts
    return {
        "period": said.period,
        "unit": said.unit,
        "classes": counts["classes"],
        "cells": [
            tables.Cell(indicator.text(counts), indicator.misses(counts)) for indicator in indicators.SCHOOL_FIGURES
        ],
        "keeps": tables.keeps_the_limit(counts),
    }
