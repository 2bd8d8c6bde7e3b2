"""One class: its size, its head teacher, its teachings, and the changes to them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from schools import access
from schools.calendar import school_year
from schools.forms.classes import FORMS, ClassForm, ClassOpenForm, forms_for, in_post
from schools.models import ClassGroup, School, Teaching
from schools.services import classes as services
from schools.views.pages import detail_context


@login_required
@require_POST
def class_open(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = access.get_visible(School.objects.select_related("unit"), request.user, pk=school_id)
    access.require(request.user, "manage_people", school.unit)
    form = ClassOpenForm(request.POST, school=school)
    if form.is_valid():
        try:
            class_group = _open(request.user, school, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"已新开{class_group.name_on(timezone.localdate())}。")
            return redirect("schools:school_detail", school_id=school.pk)
    return render(request, "schools/school_detail.html", detail_context(request, school, form), status=422)


def _open(by: User, school: School, *, grade: int, first_day: Any, **values: Any) -> ClassGroup:
    entry_grade = school.entry_grade_of(grade)
    entry_year = school_year(first_day) - (grade - entry_grade)
    return services.open_class(
        by=by, school=school, entry_year=entry_year, entry_grade=entry_grade, first_day=first_day, **values
    )


@login_required
@require_safe
def class_detail(request: SignedInRequest, class_id: int) -> HttpResponse:
    class_group = access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)
    access.require(request.user, "oversee_school", class_group.school.unit)
    forms = forms_for(class_group, timezone.localdate())
    return render(request, "schools/class_detail.html", _context(request, class_group, forms))


@login_required
@require_POST
def class_change(request: SignedInRequest, class_id: int, change: str) -> HttpResponse:
    """`change` is close, size, head-teacher or teaching."""
    class_group = access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)
    access.require(request.user, "manage_people", class_group.school.unit)
    if change not in FORMS:
        raise Http404
    today = timezone.localdate()
    form = FORMS[change](request.POST, prefix=change, staff=in_post(class_group.school, today))
    if form.is_valid():
        try:
            _apply(change, request.user, class_group, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "已保存。")
            return redirect("schools:class_detail", class_id=class_group.pk)
    forms = forms_for(class_group, today) | {change: form}
    return render(request, "schools/class_detail.html", _context(request, class_group, forms), status=422)


def _apply(change: str, by: User, class_group: ClassGroup, values: dict[str, Any]) -> None:
    staff = values.pop("staff", None)
    if change == "close":
        services.close_class(by=by, class_group=class_group, **values)
    elif change == "size":
        services.set_class_size(by=by, class_group=class_group, **values)
    elif change == "head-teacher":
        services.assign_head_teacher(by=by, class_group=class_group, user=staff.user, **values)
    else:
        services.assign_teaching(by=by, class_group=class_group, teacher=staff.user, **values)


@login_required
@require_POST
def teaching_end(request: SignedInRequest, teaching_id: int) -> HttpResponse:
    """The teacher's last lesson is today."""
    teachings = Teaching.objects.select_related("class_group__school__unit", "subject", "teacher")
    teaching = access.get_visible(teachings, request.user, pk=teaching_id)
    access.require(request.user, "manage_people", teaching.class_group.school.unit)
    try:
        services.end_teaching(by=request.user, teaching=teaching, last_day=timezone.localdate())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{teaching.teacher}的{teaching.subject}任教到今天为止。")
    return redirect("schools:class_detail", class_id=teaching.class_group_id)


def _context(request: SignedInRequest, class_group: ClassGroup, forms: dict[str, ClassForm]) -> dict[str, object]:
    today = timezone.localdate()
    changes = [
        ("teaching", "安排任课教师", "保存任课"),
        ("head-teacher", "安排班主任", "保存班主任"),
        ("size", "登记在籍人数", "保存人数"),
        ("close", "结束这个班", "结束班级"),
    ]
    return {
        "class_group": class_group,
        "name": class_group.name_on(today),
        "sizes": class_group.sizes.order_by("-first_day"),
        "head_teachers": class_group.head_teachers.select_related("user").order_by("-first_day"),
        "teachings": class_group.teachings.select_related("subject", "teacher").order_by("subject__rank", "-first_day"),
        "today": today,
        "may_manage": access.can(request.user, "manage_people", class_group.school.unit),
        "forms": [(change, title, button, forms[change]) for change, title, button in changes],
    }
