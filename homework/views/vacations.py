"""Plans of a vacation: a teacher's page on the phone, 教导处's overview, the sheet for a class."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from homework.forms.vacations import VacationEndForm, VacationItemForm
from homework.models import VacationItem, VacationPlan
from homework.services import vacations as services
from homework.services.vacations import is_at_school
from homework.vacations import LONGEST, Vacation, open_vacations, plan_for, vacations_near
from paper.errors import PaperError
from paper.pdf import render_pdf
from schools import access
from schools.models import ClassGroup, HeadTeacher, School, Subject, Teaching


@dataclass(frozen=True, slots=True)
class Row:
    """A class with what it has to do in the vacation."""

    class_group: ClassGroup
    name: str
    vacation: Vacation
    subjects: list[Subject]  # hers who looks
    plan: VacationPlan | None

    @property
    def items(self) -> list[VacationItem]:
        return self.plan.live_items if self.plan else []  # type: ignore[attr-defined]

    @property
    def subjects_set(self) -> list[Subject]:
        """Those that set something, once each."""
        return list(dict.fromkeys(item.subject for item in self.items))


@login_required
@require_GET
def vacation_list(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "post_homework")
    return render(request, "homework/vacation_list.html", {"rows": _desk(request.user)})


@login_required
@require_http_methods(["GET", "POST"])
def vacation_item_add(request: SignedInRequest, class_id: int) -> HttpResponse:
    class_group = access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)
    access.require(request.user, "post_homework", class_group.school.unit)
    desk = {row.class_group.pk: row for row in _desk(request.user)}
    row = desk.get(class_id)
    if row is None or not row.subjects:
        if class_group.school_id not in open_vacations([class_group.school_id], timezone.localdate()):
            messages.error(request, "放假前14天起到假期结束，才能填写假期作业。")
            return redirect("homework:vacation_list")
        raise PermissionDenied
    form = VacationItemForm(request.POST or None, subjects=row.subjects, others=_others(desk, class_id))
    if request.method == "POST" and form.is_valid():
        item = form.cleaned_data
        item.pop("heeded")
        groups = [row.class_group, *(desk[pk].class_group for pk in sorted(set(item.pop("also"))))]
        try:
            services.add_vacation_item_to_classes(by=request.user, class_groups=groups, **item)
        except ValidationError as error:
            add_errors(form, error, plain_at=_place_of(error))
        else:
            names = "、".join(desk[group.pk].name for group in groups)
            messages.success(request, f"已公示：{item['subject']}，{names}。")
            return redirect("homework:vacation_list")
    return render(
        request, "homework/vacation_item_add.html", {"form": form, "row": row}, status=422 if form.errors else 200
    )


@login_required
@require_POST
def vacation_item_withdraw(request: SignedInRequest, item_id: int) -> HttpResponse:
    """By the teacher who set it or, where she cannot, by 教导处."""
    items = VacationItem.objects.select_related("plan__school__unit", "subject")
    item = access.get_visible(items, request.user, pk=item_id)
    is_own = item.posted_by_id == request.user.pk
    if not is_own:
        access.require(request.user, "review_homework", item.plan.school.unit)
    try:
        services.withdraw_vacation_item(by=request.user, item=item)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, f"已撤回：{item.subject}。")
    if is_own and access.scope(request.user, "post_homework"):
        return redirect("homework:vacation_list")
    return redirect("homework:vacation_overview", code=item.plan.school.unit.code)


@login_required
@require_GET
def vacation_overview(request: SignedInRequest, code: str) -> HttpResponse:
    return _overview(request, _overseen(request.user, code))


@login_required
@require_POST
def vacation_end_set(request: SignedInRequest, code: str) -> HttpResponse:
    school = _overseen(request.user, code)
    access.require(request.user, "review_homework", school.unit)
    form = VacationEndForm(request.POST)
    if form.is_valid():
        try:
            count = services.set_vacation_end(by=request.user, school=school, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error, plain_at=_place_of(error))
        else:
            day = form.cleaned_data["last_day"]
            messages.success(request, f"假期到{day:%Y年%-m月%-d日}，{count}个班可以填写假期作业。")
            return redirect("homework:vacation_overview", code=code)
    return _overview(request, school, form)


@login_required
@require_GET
def vacation_poster(request: SignedInRequest, class_id: int) -> HttpResponse:
    """One sheet of A4 for the wall of the classroom."""
    class_group = access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)
    plan = plan_for(class_group, timezone.localdate())
    if plan is None:
        raise Http404
    day = plan.first_day - dt.timedelta(days=1)
    name = class_group.name_on(day)
    context = {"plan": plan, "name": name, "school": class_group.school, "vacation": Vacation(day, plan.last_day)}
    try:
        printed = render_pdf("homework/vacation_pdf.html", context, made_at=timezone.now())
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("homework:vacation_list")
    disposition = content_disposition_header(False, f"{name}假期作业.pdf") or "inline"
    return HttpResponse(printed.content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def _overview(request: SignedInRequest, school: School, sent_back: VacationEndForm | None = None) -> HttpResponse:
    """The classes of one school: which have a plan, of which subjects and how much a day."""
    today = timezone.localdate()
    by_calendar = vacations_near([school.pk], today).get(school.pk)
    vacation = open_vacations([school.pk], today).get(school.pk)
    rows: list[Row] = []
    if vacation:
        classes = ClassGroup.objects.filter(school=school).on(vacation.last_school_day).in_order()
        rows = _rows({group: [] for group in classes}, {school.pk: vacation})
    context = {
        "school": school,
        "vacation": vacation,
        "rows": rows,
        "with_plan": sum(bool(row.items) for row in rows),
        "end_is_asked": by_calendar is not None and by_calendar.last_day is None,
        "may_set_end": access.can(request.user, "review_homework", school.unit),
        "form": sent_back or VacationEndForm(initial={"last_day": vacation.last_day if vacation else None}),
    }
    return render(request, "homework/vacation_overview.html", context, status=422 if sent_back else 200)


def _overseen(user: User, code: str) -> School:
    visible = School.objects.inside(access.scope(user)).select_related("unit")
    school = get_object_or_404(visible, unit__code=code)
    access.require(user, "oversee_school", school.unit)
    return school


def _desk(user: User) -> list[Row]:
    """Her classes in schools where a vacation is near: those she teaches and those she heads.

    Seven queries for a teacher of one school, two more for each further day on which a school's vacation begins.
    """
    today = timezone.localdate()
    hers = School.objects.inside(access.scope(user, "post_homework"))
    vacations = open_vacations(list(hers.values_list("pk", flat=True)), today)
    # In August the old year's timetable may be over: who taught on the last school day still plans.
    schools_by_day: dict[dt.date, list[int]] = defaultdict(list)
    for school_id, vacation in vacations.items():
        schools_by_day[min(today, vacation.last_school_day)].append(school_id)
    subjects: dict[ClassGroup, list[Subject]] = defaultdict(list)
    for day, schools in schools_by_day.items():
        headed = HeadTeacher.objects.on(day).filter(user=user, class_group__school__in=schools)
        for row in headed.select_related("class_group__school__unit"):
            subjects[row.class_group] = []
        teachings = Teaching.objects.on(day).filter(teacher=user, class_group__school__in=schools)
        for teaching in teachings.select_related("subject", "class_group__school__unit").order_by("subject__rank"):
            if teaching.subject not in subjects[teaching.class_group]:
                subjects[teaching.class_group].append(teaching.subject)
    return _rows(subjects, vacations)


def _rows(subjects: dict[ClassGroup, list[Subject]], vacations: dict[int, Vacation]) -> list[Row]:
    """The classes with a vacation, by school, grade and number. Two queries."""
    classes = [
        group for group in subjects if group.school_id in vacations and is_at_school(group, vacations[group.school_id])
    ]
    until = max((one.last_day or one.first_day + LONGEST for one in vacations.values()), default=dt.date.min)
    live = VacationItem.objects.live().select_related("subject").order_by("subject__rank", "pk")
    plans = VacationPlan.objects.filter(
        class_group__in=classes, first_day__lte=until, last_day__gte=timezone.localdate()
    ).prefetch_related(Prefetch("items", live, to_attr="live_items"))
    found = {plan.class_group_id: plan for plan in plans}
    rows = [
        Row(group, group.name_on(vacation.last_school_day), vacation, subjects[group], found.get(group.pk))
        for group in classes
        for vacation in [vacations[group.school_id]]
    ]
    return sorted(rows, key=lambda row: (row.class_group.school_id, _grade(row), row.class_group.number))


def _grade(row: Row) -> int:
    return row.class_group.grade_on(row.vacation.last_school_day)


def _others(desk: dict[int, Row], class_id: int) -> dict[int, tuple[str, set[int]]]:
    """Her other classes that share a subject of hers with this one."""
    here = {subject.pk for subject in desk[class_id].subjects}
    there = {pk: (row.name, {subject.pk for subject in row.subjects}) for pk, row in desk.items() if pk != class_id}
    return {pk: other for pk, other in there.items() if other[1] & here}


def _place_of(error: ValidationError) -> str | None:
    return "daily_minutes" if getattr(error, "code", "") == "over_limit" else None
