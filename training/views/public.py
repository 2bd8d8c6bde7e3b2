"""White list and black list, for anybody. Pages know nobody's session, so that proxies may keep them.

Wrongdoing is listed once it was made known officially; nobody who works at an institution is named.
"""

import csv
import io
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from paper.csv_file import harmless
from schools.models import OrgUnit
from training.models import Course, Institution, Violation
from training.models.register import InstitutionQuerySet

KEPT_SECONDS = 300
ON_A_PAGE = 50
LAST_PAGE_KEPT = 200
WHITE, BLACK = "white", "black"
COLUMNS = {
    "名称": "name",
    "统一社会信用代码": "credit_code",
    "县（市、区）": "county",
    "类别": "get_subject_display",
    "形式": "get_form_display",
    "状态": "get_state_display",
    "登记": "get_registration_display",
    "许可证号": "licence_no",
    "许可证有效期至": "licence_until",
    "审批机关": "approver",
    "主管部门": "authority",
    "地址": "address",
    "预收费监管": "get_prepaid_control_display",
}


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def public_index(request: HttpRequest) -> HttpResponse:
    """Whose lists there are: the city and its counties."""
    areas = OrgUnit.objects.open_on(timezone.localdate()).areas().order_by("level", "code")
    return HttpResponse(render_to_string("training/public_index.html", {"areas": areas, "may_be_indexed": True}))


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def public_list(request: HttpRequest, code: str) -> HttpResponse:
    """`?list=black`: those that lost their licence, and wrongdoing that was made known. `?q=`: by name or code."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    which = BLACK if request.GET.get("list") == BLACK else WHITE
    number = request.GET.get("page", "1")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1

    def make() -> str:
        return _page(_area(code), which, asked, page)

    # A search is made anew: what somebody types is without end.
    kept = not asked and page <= LAST_PAGE_KEPT
    return HttpResponse(_kept(f"training:{which}:{code}:{page}", make) if kept else make())


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def public_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The white list as open data: UTF-8 with a byte order mark, for Excel."""
    area = _area(code)
    content = _kept(f"training:csv:{code}", lambda: _csv(area))
    response = HttpResponse(content.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{area.name}培训机构白名单.csv") or ""
    return response


def _kept(key: str, make: Callable[[], str]) -> str:
    """Made once in KEPT_SECONDS."""
    made = cache.get(key)
    if made is None:
        made = make()
        cache.set(key, made, KEPT_SECONDS)
    return str(made)


def _area(code: str) -> OrgUnit:
    area = OrgUnit.objects.open_on(timezone.localdate()).areas().filter(code=code).first()
    if area is None:
        raise Http404
    return area


def _page(area: OrgUnit, which: str, asked: str, number: int) -> str:
    today = timezone.localdate()
    paths = [area.path_on(today)]
    rows = Institution.objects.inside(paths).select_related("county")
    known = Violation.objects.inside(paths).published().select_related("county").order_by("-published_on", "-pk")
    if asked:
        rows, known = rows.matching(asked), known.filter(who__contains=asked)
    revoked = rows.filter(state=Institution.State.REVOKED).order_by("name") if which == BLACK else rows.none()
    listed = known if which == BLACK else _white(rows)
    page: Page[Any] = Paginator(listed, ON_A_PAGE).get_page(number)
    context = {
        "area": area,
        "which": which,
        "q": asked,
        "page": page,
        "revoked": revoked[:ON_A_PAGE] if page.number == 1 else [],
        "made_at": timezone.localtime(),
        "today": today,
        "may_be_indexed": True,
    }
    return render_to_string("training/public_list.html", context, _bare(which, asked))


def _bare(which: str, asked: str) -> HttpRequest:
    """A request by nobody, for the addresses of further pages: nothing else that stood in this one's is carried on."""
    request = HttpRequest()
    said = {"list": which if which == BLACK else "", "q": asked}
    request.GET = QueryDict(urlencode({name: value for name, value in said.items() if value}))
    return request


def _white(rows: InstitutionQuerySet) -> InstitutionQuerySet:
    """Approved and operating, with the courses on sale."""
    on_sale = Course.objects.filter(last_day__gte=timezone.localdate()).order_by("name", "pk")
    approved = rows.filter(state=Institution.State.OPERATING, permit=Institution.Permit.APPROVED)
    return approved.order_by("county__code", "name").prefetch_related(Prefetch("courses", on_sale))


def _csv(area: OrgUnit) -> str:
    rows = Institution.objects.inside([area.path_on(timezone.localdate())]).select_related("county")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _white(rows).prefetch_related(None).iterator(chunk_size=1000):
        writer.writerow([_cell(row, name) for name in COLUMNS.values()])
    return text.getvalue()


def _cell(row: Institution, name: str) -> str:
    value = getattr(row, name)
    text = str(value() if callable(value) else "" if value is None else value)
    return harmless(text)
