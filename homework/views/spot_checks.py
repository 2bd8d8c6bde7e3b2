"""Spot checks: the lists by school, the draw with its preview, the record on a phone, the end, the sheet of paper."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from homework import drawing
from homework.checks import USUAL_CHECKS_A_TERM, Candidate, TermDays, count_checks, tally, terms_of
from homework.drawing import Lot
from homework.forms.spot_checks import SampleForm, SpotCheckForm, SummaryForm
from homework.models import SpotCheck, SpotCheckSample
from homework.services import spot_checks as services
from paper.errors import PaperError
from paper.pdf import render_pdf
from schools import access
from schools.models import School

SCHOOLS_ON_A_PAGE = 30
CHECKS_ON_A_PAGE = 30
LOTS_SHOWN = 400


@login_required
@require_GET
def spot_check_list(request: SignedInRequest) -> HttpResponse:
    """The schools of my scope with their counts of this term; who has one school sees that school's checks."""
    paths = access.require_anywhere(request.user, "oversee_school")
    today = timezone.localdate()
    schools = School.objects.inside(paths).open_on(today).select_related("unit").order_by("unit__code")
    if not access.scope(request.user, "oversee_area"):
        only = schools[:2]
        if len(only) == 1:
            return _school_page(request, only[0])
    asked = request.GET.get("q", "").replace("\0", "").strip()
    found = schools.filter(unit__name__contains=asked) if asked else schools
    page = Paginator(found, SCHOOLS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = count_checks(list(page.object_list), today)
    return render(request, "homework/spot_check_schools.html", {"q": asked, "page": page, "rows": rows})


@login_required
@require_GET
def spot_check_school(request: SignedInRequest, code: str) -> HttpResponse:
    return _school_page(request, _overseen(request.user, code))


@login_required
@require_http_methods(["GET", "POST"])
def spot_check_add(request: SignedInRequest, code: str) -> HttpResponse:
    """First the draw is shown; confirmed, the same draw is kept. Nothing is written before that."""
    school = _overseen(request.user, code)
    access.require(request.user, "check_homework", school.unit)
    today = timezone.localdate()
    form = SpotCheckForm(
        request.POST or None,
        grades=school.grades,
        initial={"last_day": today, "first_day": today - 6 * today.resolution},
    )
    if request.method == "GET" or not form.is_valid() or "change" in request.POST:
        return _add_page(request, school, form)
    plan = dict(form.cleaned_data)
    previewed = plan.pop("digest")
    draw = {name: plan[name] for name in ("seed", "count", "grades", "subjects")}
    try:
        found, drawn = services.plan_draw(school=school, day=plan["last_day"], **draw)
        digest = drawing.digest(one.lot for one in found)
        if "confirm" not in request.POST or previewed != digest:
            if previewed and previewed != digest:
                messages.warning(request, "抽样名单刚才有变动，请看过新的结果再确认。")
            return _preview(request, school, form, found, drawn, digest)
        check = services.start_spot_check_once(by=request.user, school=school, **plan)
    except ValidationError as error:
        add_errors(form, error)
        return _add_page(request, school, form)
    if check is None:
        messages.success(request, "这次检查已经抽好样本，在下面的列表里。")
        return redirect("homework:spot_check_school", code=code)
    messages.success(request, f"已抽出{check.samples.count()}个样本。")
    return redirect("homework:spot_check_detail", check_id=check.pk)


@login_required
@require_GET
def spot_check_detail(request: SignedInRequest, check_id: int) -> HttpResponse:
    return _detail(request, _check(request.user, check_id))


@login_required
@require_http_methods(["GET", "POST"])
def spot_check_record(request: SignedInRequest, sample_id: int) -> HttpResponse:
    """One sample, made for a phone. 409 once the check is finished."""
    samples = SpotCheckSample.objects.select_related("check_of__school__unit", "class_group", "subject")
    sample = access.get_visible(samples, request.user, pk=sample_id)
    check = sample.check_of
    access.require(request.user, "check_homework", check.school.unit)
    form = SampleForm(request.POST or None, initial=_recorded(sample))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.record_sample(by=request.user, sample=sample, **form.cleaned_data)
            except ValidationError as error:
                add_errors(form, error)
                status = _status(error)
            else:
                messages.success(request, f"已记录：{_name(check, sample)}。")
                return redirect("homework:spot_check_detail", check_id=check.pk)
    context = {"form": form, "sample": sample, "check": check, "name": _name(check, sample)}
    return render(request, "homework/spot_check_record.html", context, status=status)


@login_required
@require_POST
def spot_check_finish(request: SignedInRequest, check_id: int) -> HttpResponse:
    check = _check(request.user, check_id)
    access.require(request.user, "check_homework", check.school.unit)
    form = SummaryForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            services.finish_spot_check(by=request.user, check=check, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            status = _status(error)
        else:
            messages.success(request, "检查已结束，可以打印通报。")
            return redirect("homework:spot_check_detail", check_id=check.pk)
    return _detail(request, check, form, status=status)


@login_required
@require_GET
def spot_check_paper(request: SignedInRequest, check_id: int) -> HttpResponse:
    """The summary on A4, also of a check that is not finished yet: then it says so."""
    check = _check(request.user, check_id)
    try:
        printed = render_pdf("homework/spot_check_pdf.html", _shown(check), made_at=timezone.now())
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("homework:spot_check_detail", check_id=check.pk)
    file_name = f"作业检查-{check.school}-{check.last_day:%Y%m%d}.pdf"
    disposition = content_disposition_header(False, file_name) or "inline"
    return HttpResponse(printed.content, content_type="application/pdf", headers={"Content-Disposition": disposition})


@dataclass(frozen=True, slots=True)
class TermChecks:
    """A term's checks of one school, the latest first. `term` is None for those of no term."""

    term: TermDays | None
    checks: list[SpotCheck]

    @property
    def finished(self) -> int:
        return sum(check.finished_at is not None for check in self.checks)


def _school_page(request: SignedInRequest, school: School) -> HttpResponse:
    """Its checks by term."""
    today = timezone.localdate()
    terms = terms_of([school], today).get(school.pk, [])
    page = Paginator(_with_counts(school), CHECKS_ON_A_PAGE).get_page(request.GET.get("page"))
    by_term: dict[TermDays | None, list[SpotCheck]] = {}
    for check in page.object_list:
        term = next((term for term in terms if term.holds(check.last_day)), None)
        by_term.setdefault(term, []).append(check)
    context = {
        "school": school,
        "page": page,
        "groups": [TermChecks(term, checks) for term, checks in by_term.items()],
        "now": count_checks([school], today)[0],
        "usual": USUAL_CHECKS_A_TERM,
        "may_check": access.can(request.user, "check_homework", school.unit),
    }
    return render(request, "homework/spot_check_school.html", context)


def _with_counts(school: School) -> QuerySet[SpotCheck]:
    """The school's checks, the latest first, with their samples counted."""
    return (
        SpotCheck.objects.filter(school=school)
        .annotate(drawn=Count("samples"), recorded=Count("samples", filter=Q(samples__recorded_at__isnull=False)))
        .order_by("-last_day", "-pk")
    )


def _add_page(request: SignedInRequest, school: School, form: SpotCheckForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "homework/spot_check_add.html", {"school": school, "form": form}, status=status)


def _preview(
    request: SignedInRequest,
    school: School,
    form: SpotCheckForm,
    found: list[Candidate],
    drawn: list[Candidate],
    digest: str,
) -> HttpResponse:
    data = request.POST.copy()
    data["seed"], data["digest"] = str(form.cleaned_data["seed"]), digest
    data.pop("confirm", None)
    day = form.cleaned_data["last_day"]
    context = {
        "school": school,
        "form": SpotCheckForm(data, grades=school.grades),
        "plan": form.cleaned_data,
        "drawn": [(one.class_group.name_on(day), one.subject) for one in drawn],
        "found": len(found),
        "digest": digest,
    }
    return render(request, "homework/spot_check_preview.html", context)


def _detail(
    request: SignedInRequest, check: SpotCheck, sent_back: SummaryForm | None = None, *, status: int = 200
) -> HttpResponse:
    context = _shown(check) | {
        "may_check": access.can(request.user, "check_homework", check.school.unit),
        "form": sent_back or SummaryForm(initial={"summary": check.summary}),
    }
    return render(request, "homework/spot_check_detail.html", context, status=status)


def _shown(check: SpotCheck) -> dict[str, object]:
    """What page and paper show: the draw as it can be repeated, the record, the sums. One query."""
    samples = list(check.samples.select_related("class_group", "subject"))
    lots: list[Lot] = [(class_id, subject_id) for class_id, subject_id in check.drawn_from]
    return {
        "check": check,
        "rows": [(sample, sample.class_group.name_on(check.last_day)) for sample in samples],
        "tally": tally(samples),
        "lots": lots[:LOTS_SHOWN],
        "lots_count": len(lots),
        "digest": drawing.digest(lots),
    }


def _overseen(user: User, code: str) -> School:
    visible = School.objects.inside(access.scope(user)).select_related("unit")
    school = get_object_or_404(visible, unit__code=code)
    access.require(user, "oversee_school", school.unit)
    return school


def _check(user: User, check_id: int) -> SpotCheck:
    check = access.get_visible(SpotCheck.objects.select_related("school__unit"), user, pk=check_id)
    access.require(user, "oversee_school", check.school.unit)
    return check


def _name(check: SpotCheck, sample: SpotCheckSample) -> str:
    return f"{sample.class_group.name_on(check.last_day)}{sample.subject}"


def _recorded(sample: SpotCheckSample) -> dict[str, str]:
    if sample.recorded_at is None:
        return {}
    answers = {name: getattr(sample, name) for name in ("is_all_marked", "is_layered", "is_face_to_face")}
    return {name: "yes" if answer else "no" for name, answer in answers.items()} | {"problems": sample.problems}


def _status(error: ValidationError) -> int:
    """Too late is another answer than wrong. (An error of several fields has no code.)"""
    return 409 if getattr(error, "code", None) == "finished" else 422
