"""The ledger (台账): found by its words and filters, acted on in bulk, taken away as a workbook."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from inspections import ledger as asking
from inspections.models import Finding, SavedFilter
from inspections.models.findings import FindingQuerySet
from inspections.services import ledger as services
from inspections.services.ledger import Outcome
from schools import access

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FINDINGS_ON_A_PAGE = 50
ACTS: dict[str, tuple[str, Callable[..., Outcome]]] = {
    "remind": ("催办", services.remind),
    "close": ("销号", services.close),
}


class Counted(Paginator):
    """Whose count is known already."""

    def __init__(self, rows: FindingQuerySet, count: int) -> None:
        super().__init__(rows, FINDINGS_ON_A_PAGE)
        self.known = count

    @cached_property
    def count(self) -> int:
        return self.known


@login_required
@require_safe
def ledger(request: SignedInRequest) -> HttpResponse:
    """Every finding of her units that the address asks for, those that press first."""
    rows = _rows(request.user)
    today, want = timezone.localdate(), asking.asked(request.GET)
    found = asking.matching(rows, want, today)
    counts = asking.counts(found, today)
    listed = asking.shown(found, want, today).with_owner().defer("words")
    context = {
        "page": Counted(listed, counts[want.shown]).get_page(request.GET.get("page")),
        "want": want,
        "tabs": [(key, label, counts[key]) for key, label in asking.SHOWN.items()],
        "categories": Finding.Category.choices,
        "severities": Finding.Severity.choices,
        "sources": asking.SOURCES.items(),
        "saved": SavedFilter.objects.filter(user=request.user),
        "inspects": bool(access.scope(request.user, "inspect")),
        "today": today,
    }
    return render(request, "inspections/ledger.html", context)


def _rows(user: User) -> FindingQuerySet:
    return Finding.objects.inside(access.require_anywhere(user, "see_findings"))


@login_required
@require_safe
def ledger_workbook(request: SignedInRequest) -> HttpResponse:
    rows, today, want = _rows(request.user), timezone.localdate(), asking.asked(request.GET)
    listed = asking.shown(asking.matching(rows, want, today), want, today).with_owner().defer("words")
    if listed.count() > services.MOST_ROWS:
        messages.error(request, f"超过{services.MOST_ROWS:,}条，请先缩小范围（如按日期或县）再导出。")
        return redirect(_address(want))
    path = access.scope(request.user, "see_findings")[0]
    content = services.export(by=request.user, rows=listed, want=want, today=today, path=path)
    disposition = content_disposition_header(True, f"问题台账{today:%Y%m%d}.xlsx")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


@login_required
@require_POST
def ledger_act(request: SignedInRequest) -> HttpResponse:
    """Remind of or close those that are ticked, each under its own rules; the answer says how many and why not."""
    paths = access.require_anywhere(request.user, "inspect")
    label, act = ACTS.get(request.POST.get("act", ""), ("", None))
    numbers = [int(text) for text in request.POST.getlist("finding") if _is_id(text)][:FINDINGS_ON_A_PAGE]
    rows = Finding.objects.inside(paths).filter(pk__in=numbers).with_owner().defer("words").order_by("pk")
    # Nobody inspects her own bureau.
    mine = {posting.unit.pk for posting in access.held(request.user) if posting.role != "supervisor"}
    chosen = [finding for finding in rows if finding.owner_id not in mine]
    if act is None or not chosen:
        messages.error(request, "请先勾选问题，再点“催办”或“销号”。")
    else:
        _say(request, label, act(by=request.user, rows=chosen))
    return redirect(_address(asking.asked(QueryDict(request.POST.get("query", "")))))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _say(request: SignedInRequest, label: str, outcome: Outcome) -> None:
    if outcome.done:
        messages.success(request, f"已{label}{outcome.done}个问题。")
    for why, count in outcome.refused.items():
        messages.warning(request, f"{count}个没有{label}：{why}")


@login_required
@require_POST
def filter_save(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "see_findings")
    want = asking.asked(QueryDict(request.POST.get("query", "")))
    try:
        services.save_filter(by=request.user, name=request.POST.get("name", "").replace("\0", ""), want=want)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已保存筛选。")
    return redirect(_address(want))


@login_required
@require_POST
def filter_delete(request: SignedInRequest, filter_id: int) -> HttpResponse:
    get_object_or_404(SavedFilter, user=request.user, pk=filter_id).delete()
    return redirect("inspections:ledger")


def _address(want: asking.Asked) -> str:
    url = reverse("inspections:ledger")
    return f"{url}?{want.query}" if want.query else url
