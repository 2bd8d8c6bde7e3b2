"""A school's courses with their groups, what among them needs attention, and the rooms."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from afterschool import policy
from afterschool.forms.courses import CourseForm, RoomForm
from afterschool.models import Course, CourseGroup, Room
from afterschool.services import courses as services
from afterschool.views.seen import may_arrange, require_insider, school_of
from schools import access

COURSES_ON_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class Wanting:
    """A group that needs another teacher from a day on."""

    group: CourseGroup
    day: dt.date
    why: str


@login_required
@require_safe
def course_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Groups of today and to come, with their places; first those that have no teacher who may serve."""
    school = school_of(request.user, code)
    require_insider(request.user, school)
    today = timezone.localdate()
    groups = (
        CourseGroup.objects.filter(school=school)
        .not_over(today)
        .with_taken(today)
        .select_related("worker__body", "room")
    )
    courses = Course.objects.filter(school=school).order_by("is_closed", "kind", "name")
    shown = courses.prefetch_related(Prefetch("groups", queryset=groups, to_attr="open_groups"))
    context = {
        "school": school,
        "page": Paginator(shown, COURSES_ON_A_PAGE).get_page(request.GET.get("page")),
        "wanting": list(wanting_a_teacher(groups, today)),
        "may_arrange": may_arrange(request.user, school),
        "serves": access.can(request.user, "serve", school.unit),
        "mine": groups.of_teacher(request.user),
    }
    return render(request, "afterschool/course_list.html", context)


def wanting_a_teacher(groups: Iterable[CourseGroup], today: dt.date) -> Iterable[Wanting]:
    """`worker.body` of each is read."""
    for group in groups:
        fitness = group.worker.fitness
        day = policy.first_unfit_day(fitness, max(today, group.first_day), group.last_day)
        if day:
            yield Wanting(group, day, policy.why_unfit(fitness, day))


@login_required
@require_http_methods(["GET", "POST"])
def course_add(request: SignedInRequest, code: str) -> HttpResponse:
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    form = CourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_course(by=request.user, school=school, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已添加课程“{form.cleaned_data['name']}”，请给它开班组。")
            return redirect("afterschool:course_list", code=code)
    context = {"school": school, "form": form, "title": "添加课程"}
    return render(request, "afterschool/course_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def course_edit(request: SignedInRequest, course_id: int) -> HttpResponse:
    course = access.get_visible(Course.objects.select_related("school__unit"), request.user, pk=course_id)
    school = course.school
    access.require(request.user, "arrange_service", school.unit)
    form = CourseForm(request.POST or None, course=course)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_course(by=request.user, course=course, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "课程已保存。")
            return redirect("afterschool:course_list", code=school.unit.code)
    context = {"school": school, "form": form, "title": "修改课程"}
    return render(request, "afterschool/course_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def room_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Rooms with the groups that use them; 教导处 adds one below."""
    school = school_of(request.user, code)
    require_insider(request.user, school)
    form = RoomForm(request.POST or None)
    if request.method == "POST":
        access.require(request.user, "arrange_service", school.unit)
        if form.is_valid():
            try:
                services.add_room(by=request.user, school=school, **form.cleaned_data)
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, f"已添加场地“{form.cleaned_data['name']}”。")
                return redirect("afterschool:room_list", code=code)
    used = CourseGroup.objects.not_over(timezone.localdate())
    context = {
        "school": school,
        "rooms": Room.objects.filter(school=school)
        .order_by("is_closed", "name")
        .prefetch_related(Prefetch("groups", queryset=used, to_attr="open_groups")),
        "form": form,
        "may_arrange": may_arrange(request.user, school),
        "serves": access.can(request.user, "serve", school.unit),
    }
    return render(request, "afterschool/room_list.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def room_close(request: SignedInRequest, room_id: int) -> HttpResponse:
    """Or open again, as the button says."""
    room = access.get_visible(Room.objects.select_related("school__unit"), request.user, pk=room_id)
    access.require(request.user, "arrange_service", room.school.unit)
    try:
        services.set_room_closed(by=request.user, room=room, is_closed=request.POST.get("reopen") != "on")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("afterschool:room_list", code=room.school.unit.code)
