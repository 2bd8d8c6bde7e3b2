"""(d) A month report on paper, against WeasyPrint alone on a static page of the same content."""

import datetime as dt
from zoneinfo import ZoneInfo

import weasyprint
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration

from bench import clock
from paper import fonts, pdf
from reports import documents
from reports.city.make import Made
from reports.compute import compute
from schools.models import OrgUnit
from schools.periods import PeriodKind, containing

MADE_AT = dt.datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def month_report(made: Made) -> None:
    """The city's report of the month in which the data end."""
    period = containing(PeriodKind.MONTH, made.days[-1])
    city = OrgUnit.objects.get(pk=made.city.pk)
    compute_seconds = clock.median_seconds(lambda: compute(city, period, MADE_AT), runs=3)
    snapshot = compute(city, period, MADE_AT)
    context = {**documents.pdf_context(snapshot), "made_at": MADE_AT}
    static_page = render_to_string("reports/pdf/homework.html", context)
    chain = fonts.chain()
    configuration = FontConfiguration()

    def bare() -> None:
        style = weasyprint.CSS(string=chain.css, font_config=configuration)
        html = weasyprint.HTML(string=static_page, base_url=f"{pdf.STATIC.as_uri()}/")
        html.write_pdf(font_config=configuration, stylesheets=[style], pdf_variant=pdf.VARIANT)

    ours_seconds, bare_seconds = clock.side_by_side(lambda: documents.make_pdf(snapshot, MADE_AT), bare, runs=5)
    printed = documents.make_pdf(snapshot, MADE_AT)
    size, peak = len(printed.content) / 1e6, clock.peak_megabytes()
    clock.keep(
        "month_report_pdf",
        f"{printed.pages}页 {size:.2f}MB：排版 {ours_seconds:.2f}秒（裸 WeasyPrint {bare_seconds:.2f}秒，比值 "
        f"{ours_seconds / bare_seconds:.2f}），计算 {compute_seconds:.2f}秒，内存峰值 {peak:.0f}MB",
        pages=printed.pages,
        megabytes=size,
        print_seconds=ours_seconds,
        bare_seconds=bare_seconds,
        compute_seconds=compute_seconds,
        peak_megabytes=peak,
    )
