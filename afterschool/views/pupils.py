"""Pupils of a class and the groups that they are in on each day of the week."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from afterschool import names
from afterschool.forms.rosters import PupilForm
from afterschool.models import Enrolment, Pupil
from afterschool.services import pupils as services
from afterschool.views.rosters import chosen_class
from afterschool.views.seen import may_arrange, school_of
from afterschool.week import WEEKDAYS
from schools import access
from schools.models import ClassGroup, School


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pupil is on a weekday. `from_day` only of what is yet to begin."""

    group_id: int
    words: str
    from_day: dt.date | None


@login_required
@require_safe
def pupil_list(request: SignedInRequest, code: str) -> HttpResponse:
    """One class: 班主任 hers, 教导处 any."""
    school = school_of(request.user, code)
    today = timezone.localdate()
    arranges = may_arrange(request.user, school)
    classes = _classes(request.user, school, today, arranges=arranges)
    chosen = chosen_class(request, classes)
    stays = Enrolment.objects.not_over(today).select_related("group").order_by("first_day")
    pupils = (
        Pupil.objects.named()
        .filter(school=school, class_group=chosen)
        .order_by("code")
        .prefetch_related(Prefetch("enrolments", queryset=stays, to_attr="stays"))
    )
    rows = [(pupil, _week_of(pupil.stays, today)) for pupil in pupils]
    if chosen:
        names.note_read(by=request.user, subject=chosen, school=school, day=today, pupils=len(rows))
    weekdays = sorted({1, 2, 3, 4, 5}.union(*(week for _, week in rows)))
    context = {
        "school": school,
        "classes": [(one, one.name_on(today)) for one in classes],
        "chosen": chosen,
        "class_name": chosen.name_on(today) if chosen else "",
        "weekdays": [WEEKDAYS[weekday] for weekday in weekdays],
        "rows": [(pupil, [week.get(weekday, []) for weekday in weekdays]) for pupil, week in rows],
        "without": sum(not week for _, week in rows),
        "may_arrange": arranges,
    }
    return render(request, "afterschool/pupil_list.html", context)


def _classes(user: User, school: School, today: dt.date, *, arranges: bool) -> list[ClassGroup]:
    """PermissionDenied for who is neither 教导处 nor 班主任 here."""
    if arranges:
        return list(ClassGroup.objects.filter(school=school).on(today).in_order())
    classes = names.classes_of(user, school, today)
    if not classes:
        raise PermissionDenied(f"pupils of {school.unit.code}")
    return classes


def _week_of(stays: Iterable[Enrolment], today: dt.date) -> dict[int, list[Place]]:
    week: dict[int, list[Place]] = defaultdict(list)
    for stay in stays:
        from_day = stay.first_day if stay.first_day > today else None
        for slot in stay.group.slots:
            words = f"{slot.starts_at:%H:%M} {stay.group}"
            week[slot.weekday].append(Place(stay.group_id, words, from_day))
    return {weekday: sorted(places, key=lambda place: place.words) for weekday, places in week.items()}


@login_required
@require_http_methods(["GET", "POST"])
def pupil_add(request: SignedInRequest, code: str) -> HttpResponse:
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    today = timezone.localdate()
    classes = ClassGroup.objects.filter(school=school).on(today).in_order()
    form = PupilForm(
        request.POST or None, classes=classes, today=today, initial={"class_group": request.GET.get("class")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.add_pupil(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已添加{form.cleaned_data['name']}。")
            return redirect(
                f"{reverse('afterschool:pupil_list', args=[code])}?class={form.cleaned_data['class_group'].pk}"
            )
    context = {"school": school, "form": form, "title": "添加学生", "button": "添加"}
    return render(request, "afterschool/pupil_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def pupil_edit(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Another class, a name or a code put right; her groups with the way out of each."""
    pupils = Pupil.objects.named().select_related("school__unit", "class_group")
    pupil = access.get_visible(pupils, request.user, pk=pupil_id)
    school, today = pupil.school, timezone.localdate()
    access.require(request.user, "arrange_service", school.unit)
    classes = ClassGroup.objects.filter(school=school).on(today).in_order()
    form = PupilForm(request.POST or None, classes=classes, today=today, pupil=pupil)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.change_pupil(by=request.user, pupil=pupil, **said)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{said['name']}的资料已保存。")
            return redirect(
                f"{reverse('afterschool:pupil_list', args=[school.unit.code])}?class={said['class_group'].pk}"
            )
    names.note_read(by=request.user, subject=pupil, school=school, day=today, pupils=1)
    stays = Enrolment.objects.filter(pupil=pupil).not_over(today).select_related("group").order_by("first_day")
    context = {"school": school, "form": form, "pupil": pupil, "stays": stays, "title": "修改学生", "button": "保存"}
    return render(request, "afterschool/pupil_edit.html", context, status=422 if form.errors else 200)
