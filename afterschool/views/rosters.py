"""Putting pupils into a group, and letting them leave, move, or be as if never put in."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from afterschool import bookings, names
from afterschool.forms.rosters import EnrolForm, LeaveForm, MoveForm
from afterschool.models import CourseGroup, Enrolment, Pupil
from afterschool.services import rosters as services
from afterschool.views.groups import visible_group
from schools import access
from schools.models import ClassGroup


@login_required
@require_http_methods(["GET", "POST"])
def group_enrol(request: SignedInRequest, group_id: int) -> HttpResponse:
    """One class at a time; of each pupil is said what stands in her way on the day shown, before anybody tries."""
    today = timezone.localdate()
    group = visible_group(request.user, group_id, today)
    school = group.school
    access.require(request.user, "arrange_service", school.unit)
    day = max(today, group.first_day)
    classes = [
        one for one in ClassGroup.objects.filter(school=school).on(day).in_order() if one.grade_on(day) in group.grades
    ]
    chosen = chosen_class(request, classes)
    pupils = Pupil.objects.named().filter(school=school, class_group=chosen).order_by("code")
    form = EnrolForm(request.POST or None, pupils=pupils, initial={"first_day": day})
    if request.method == "POST" and form.is_valid():
        try:
            services.enrol(by=request.user, group=group, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已加入{len(form.cleaned_data['pupils'])}名学生。")
            return redirect("afterschool:group_detail", group_id=group.pk)
    asked_day = getattr(form, "cleaned_data", {}).get("first_day") or day
    rows = _with_reasons(group, pupils, asked_day)
    names.note_read(by=request.user, subject=group, school=school, day=today, pupils=len(rows))
    context = {
        "school": school,
        "group": group,
        "classes": [(one, one.name_on(today)) for one in classes],
        "chosen": chosen,
        "rows": rows,
        "day": asked_day,
        "is_hindered": any(why for _, why in rows),
        "form": form,
        "ticked": set(request.POST.getlist("pupils")),
    }
    return render(request, "afterschool/group_enrol.html", context, status=422 if form.errors else 200)


def chosen_class(request: HttpRequest, classes: list[ClassGroup]) -> ClassGroup | None:
    """The class asked for, else the first that has pupils, else the first."""
    asked = request.GET.get("class", "")
    if found := next((one for one in classes if str(one.pk) == asked), None):
        return found
    listed = set(Pupil.objects.named().filter(class_group__in=classes).values_list("class_group", flat=True))
    return next((one for one in classes if one.pk in listed), classes[0] if classes else None)


def _with_reasons(group: CourseGroup, pupils: QuerySet[Pupil], day: dt.date) -> list[tuple[Pupil, str]]:
    """Of who would join on `day`, or on the group's day that is nearest to it."""
    found = list(pupils.select_related("class_group"))
    known = bookings.rosters([group.pk], [pupil.pk for pupil in found])
    day = min(max(day, group.first_day), group.last_day)
    return [(pupil, services.why_not(known, group, pupil, day, group.last_day)) for pupil in found]


@login_required
@require_http_methods(["GET", "POST"])
def group_leave(request: SignedInRequest, enrolment_id: int) -> HttpResponse:
    """Leave, move, or take back, as the button says."""
    today = timezone.localdate()
    rows = Enrolment.objects.select_related("group__school__unit", "pupil__class_group")
    enrolment = access.get_visible(rows, request.user, pk=enrolment_id)
    group = enrolment.group
    access.require(request.user, "arrange_service", group.school.unit)
    day = min(max(today, enrolment.first_day), enrolment.last_day)
    others = CourseGroup.objects.filter(school=group.school).not_over(today).exclude(pk=group.pk)
    act = request.POST.get("act", "")
    leaving = LeaveForm(request.POST if act == "leave" else None, initial={"last_day": day})
    moving = MoveForm(request.POST if act == "move" else None, groups=others, initial={"first_day": day})
    if request.method == "POST":
        form = moving if act == "move" else leaving
        try:
            words = _carry_out(request, enrolment, act, leaving, moving)
        except ValidationError as error:
            if form.is_bound:
                add_errors(form, error)
            else:
                messages.error(request, error.messages[0])
        else:
            if words:
                messages.success(request, words)
                return redirect("afterschool:group_detail", group_id=group.pk)
    names.note_read(by=request.user, subject=group, school=group.school, day=today, pupils=1)
    context = {
        "school": group.school,
        "group": group,
        "enrolment": enrolment,
        "class_name": enrolment.pupil.class_group.name_on(today),
        "leaving": leaving,
        "moving": moving,
        "has_begun": services.has_begun(enrolment),
    }
    return render(request, "afterschool/group_leave.html", context, status=422 if request.method == "POST" else 200)


def _carry_out(request: SignedInRequest, enrolment: Enrolment, act: str, leaving: LeaveForm, moving: MoveForm) -> str:
    """What was done, in words; empty for a form that is not valid. Raises ValidationError."""
    if act == "take_back":
        services.take_back(by=request.user, enrolment=enrolment)
        return f"已撤销{enrolment.pupil}的加入。"
    if act == "move" and moving.is_valid():
        services.move(by=request.user, enrolment=enrolment, **moving.cleaned_data)
        return f"{enrolment.pupil}已转到“{moving.cleaned_data['group']}”。"
    if act == "leave" and leaving.is_valid():
        services.leave(by=request.user, enrolment=enrolment, **leaving.cleaned_data)
        return f"{enrolment.pupil}在班组到{leaving.cleaned_data['last_day']:%-m月%-d日}为止。"
    return ""
