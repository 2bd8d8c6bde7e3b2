"""A group of a course: its roster as far as one may read it, opening, changing, ending."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from afterschool import names
from afterschool.forms.courses import GroupForm, LastDayForm
from afterschool.models import Course, CourseGroup, Enrolment
from afterschool.services import groups as services
from afterschool.views.courses import wanting_a_teacher
from afterschool.views.seen import may_arrange, require_insider
from schools import access
from schools.models import ClassGroup
from schools.terms import term_on


@login_required
@require_safe
def group_detail(request: SignedInRequest, group_id: int) -> HttpResponse:
    """Names for whom they are for; the numbers of each class for everybody."""
    today = timezone.localdate()
    group = visible_group(request.user, group_id, today)
    require_insider(request.user, group.school)
    enrolled = Enrolment.objects.filter(group=group).not_over(today)
    readable = names.readable_in_group(request.user, group, today)
    rows = list(
        enrolled.filter(pupil__in=readable)
        .select_related("pupil__class_group")
        .order_by("pupil__class_group", "pupil__code", "first_day")
    )
    names.note_read(by=request.user, subject=group, school=group.school, day=today, pupils=len(rows))
    context = {
        "school": group.school,
        "group": group,
        "rows": [(row, row.pupil.class_group.name_on(today)) for row in rows],
        "counts": _counts(group, today),
        "hidden": enrolled.count() - len(rows),
        "left": Enrolment.objects.filter(group=group, last_day__lt=today)
        .exclude(pupil__in=enrolled.values("pupil"))
        .values("pupil")
        .distinct()
        .count(),
        "wanting": list(wanting_a_teacher([group], today)) if group.last_day >= today else [],
        "may_arrange": may_arrange(request.user, group.school),
        "is_over": group.last_day < today,
        "today": today,
    }
    return render(request, "afterschool/group_detail.html", context)


def _counts(group: CourseGroup, today: dt.date) -> list[tuple[str, int]]:
    """How many of each class are in it today, or on its first day; classes in order."""
    day = max(today, group.first_day)
    enrolled = Enrolment.objects.on(day).filter(group=group).values("pupil__class_group")
    numbers = dict(enrolled.annotate(number=Count("pk")).values_list("pupil__class_group", "number"))
    classes = ClassGroup.objects.filter(pk__in=numbers).in_order()
    return [(one.name_on(today), numbers[one.pk]) for one in classes]


@login_required
@require_http_methods(["GET", "POST"])
def group_add(request: SignedInRequest, course_id: int) -> HttpResponse:
    course = access.get_visible(Course.objects.select_related("school__unit"), request.user, pk=course_id)
    school, today = course.school, timezone.localdate()
    access.require(request.user, "arrange_service", school.unit)
    form = GroupForm(request.POST or None, school=school, today=today, initial=_usual(course, today))
    if request.method == "POST" and form.is_valid():
        try:
            services.open_group(
                by=request.user, course=course, arrangement=form.arrangement(), key=form.cleaned_data["key"]
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已开班组“{form.cleaned_data['name']}”，可以加入学生了。")
            return redirect("afterschool:course_list", code=school.unit.code)
    context = {"school": school, "course": course, "form": form, "title": f"{course}：开班组"}
    return render(request, "afterschool/group_edit.html", context, status=422 if form.errors else 200)


def _usual(course: Course, today: dt.date) -> dict[str, object]:
    """From today, or the term's first day, to the term's end."""
    usual: dict[str, object] = {"first_day": today, "capacity": 40}
    if term := term_on(course.school, today):
        usual |= {"first_day": max(today, term.first_day), "last_day": term.last_day}
    return usual


@login_required
@require_http_methods(["GET", "POST"])
def group_edit(request: SignedInRequest, group_id: int) -> HttpResponse:
    today = timezone.localdate()
    group = visible_group(request.user, group_id, today)
    access.require(request.user, "arrange_service", group.school.unit)
    form = GroupForm(request.POST or None, school=group.school, today=today, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_group(by=request.user, group=group, arrangement=form.arrangement())
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "班组已保存。时间有变动的，学生名单从今天起按新的时间。")
            return redirect("afterschool:group_detail", group_id=group.pk)
    context = {
        "school": group.school,
        "course": group.course,
        "group": group,
        "form": form,
        "title": f"修改班组：{group}",
    }
    return render(request, "afterschool/group_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def group_end(request: SignedInRequest, group_id: int) -> HttpResponse:
    """Or taken back, while it has not begun."""
    today = timezone.localdate()
    group = visible_group(request.user, group_id, today)
    access.require(request.user, "arrange_service", group.school.unit)
    form = LastDayForm(request.POST or None, initial={"last_day": min(max(today, group.first_day), group.last_day)})
    takes_back = "take_back" in request.POST
    if request.method == "POST" and (form.is_valid() or takes_back):
        try:
            if takes_back:
                services.take_back_group(by=request.user, group=group)
            else:
                services.end_group(by=request.user, group=group, last_day=form.cleaned_data["last_day"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"“{group}”已{'撤销' if takes_back else '结束'}。")
            return redirect("afterschool:course_list", code=group.school.unit.code)
    context = {"school": group.school, "group": group, "form": form, "has_begun": group.first_day <= today}
    return render(request, "afterschool/group_end.html", context, status=422 if form.errors else 200)


def visible_group(user: User, group_id: int, today: dt.date) -> CourseGroup:
    groups = CourseGroup.objects.with_taken(today).select_related("school__unit", "course", "worker__body", "room")
    return access.get_visible(groups, user, pk=group_id)
