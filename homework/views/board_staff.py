"""The board's other side, for staff: the classes' addresses with their sheets for the doors, and posters."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from homework.board_days import classes_on, public_days
from homework.class_days import ClassDay, last_school_days
from homework.models import BoardSettings
from homework.services import boards as services
from homework.views.board import qr_code
from paper.errors import PaperError
from paper.pdf import render_pdf
from schools import access
from schools.models import ClassGroup, HeadTeacher, School, Teaching
from schools.models.classes import GRADE_NAMES
from schools.views.days import asked_day

CLASS_POSTER, GRADE_POSTER = "homework/class_poster_pdf.html", "homework/grade_poster_pdf.html"
# Of a grade's poster, with a little to spare.
COLUMN_LINES, COLUMN_CHARACTERS = 36, 20


@dataclass(frozen=True, slots=True)
class Door:
    """A class with what leads to its public page, which is printed for its door."""

    class_group: ClassGroup
    name: str
    address: str
    may_renew: bool = False
    is_long: bool = False  # its day needs more than a column of a grade's poster

    @property
    def qr(self) -> str:
        return qr_code(self.address)


@login_required
@never_cache
@require_safe
def board_addresses(request: SignedInRequest, code: str) -> HttpResponse:
    """Each class's address; of her own classes alone for who only teaches there."""
    school = _school(request.user, code)
    classes, today = _classes(request.user, school), timezone.localdate()
    context = {
        "school": school,
        "doors": _doors(request, school, classes),
        "grades": [(grade, GRADE_NAMES[grade]) for grade in _grades(classes, today)],
        "may_manage": access.can(request.user, "manage_board", school.unit),
        "may_be_indexed": BoardSettings.objects.filter(school=school, may_be_indexed=True).exists(),
    }
    return render(request, "homework/board_addresses.html", context)


@login_required
@never_cache
@require_safe
def board_door_sheets(request: SignedInRequest, code: str) -> HttpResponse:
    """A sheet of A4 for each class's door, with its QR code."""
    school = _school(request.user, code)
    doors = _doors(request, school, _classes(request.user, school))
    if not doors:
        messages.error(request, "学校今天没有在读的班级，没有可打印的。")
        return redirect("homework:board_addresses", code=code)
    return _pdf(request, school, "homework/board_doors_pdf.html", {"doors": doors}, f"门牌-{school}.pdf")


@login_required
@require_POST
def board_address_renew(request: SignedInRequest, class_id: int) -> HttpResponse:
    class_group = access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)
    today = timezone.localdate()
    if not access.may_renew_address(request.user, class_group, today):
        raise PermissionDenied
    services.renew_address(by=request.user, class_group=class_group)
    messages.success(request, f"{class_group.name_on(today)}换了新地址，旧地址已失效。请重新打印门牌。")
    return redirect("homework:board_addresses", code=class_group.school.unit.code)


@login_required
@require_POST
def board_indexing_set(request: SignedInRequest, code: str) -> HttpResponse:
    school = _school(request.user, code)
    access.require(request.user, "manage_board", school.unit)
    may_be_indexed = request.POST.get("may_be_indexed") == "on"
    services.set_indexing(by=request.user, school=school, may_be_indexed=may_be_indexed)
    messages.success(request, "已允许搜索引擎收录学校页。" if may_be_indexed else "已不允许搜索引擎收录。")
    return redirect("homework:board_addresses", code=code)


@login_required
@never_cache
@require_safe
def class_poster(request: SignedInRequest, class_id: int) -> HttpResponse:
    """One class's day on A4."""
    class_group = access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)
    school = class_group.school
    own = _classes(request.user, school)
    if class_group not in own:
        raise PermissionDenied
    day = _poster_day(request, school)
    class_days = public_days([one for one in classes_on(school, [day]) if one == class_group], [day])
    return _poster(request, school, day, class_days, CLASS_POSTER)


@login_required
@never_cache
@require_safe
def grade_poster(request: SignedInRequest, code: str, grade: int) -> HttpResponse:
    """A whole grade's day on A4, a block for each class."""
    school = _school(request.user, code)
    day = _poster_day(request, school)
    own = _classes(request.user, school)
    if not any(class_group.grade_on(day) == grade for class_group in own):
        raise Http404
    classes = [class_group for class_group in classes_on(school, [day]) if class_group.grade_on(day) == grade]
    return _poster(request, school, day, public_days(classes, [day]), GRADE_POSTER)


def _school(user: User, code: str) -> School:
    return access.get_visible(School.objects.select_related("unit"), user, unit__code=code)


def _classes(user: User, school: School) -> list[ClassGroup]:
    """Today's classes of the school whose addresses are hers to know. PermissionDenied when she has nothing there."""
    today = timezone.localdate()
    classes = ClassGroup.objects.filter(school=school).on(today).select_related("school__unit").in_order()
    if access.can(user, "oversee_school", school.unit):
        return list(classes)
    teaches = Teaching.objects.on(today).filter(teacher=user).values("class_group")
    heads = HeadTeacher.objects.on(today).filter(user=user).values("class_group")
    own = list(classes.filter(Q(pk__in=teaches) | Q(pk__in=heads)))
    if not own:
        raise PermissionDenied
    return own


def _grades(classes: Sequence[ClassGroup], day: dt.date) -> list[int]:
    """Those of compulsory school, from the lowest."""
    return sorted({class_group.grade_on(day) for class_group in classes} & set(range(1, 10)))


def _doors(request: SignedInRequest, school: School, classes: Sequence[ClassGroup]) -> list[Door]:
    today = timezone.localdate()
    all_of_them = access.can(request.user, "review_homework", school.unit)
    heads = set(HeadTeacher.objects.on(today).filter(user=request.user).values_list("class_group", flat=True))
    return [
        _door(request, class_group, today, may_renew=all_of_them or class_group.pk in heads) for class_group in classes
    ]


def _door(request: SignedInRequest, class_group: ClassGroup, day: dt.date, *, may_renew: bool = False) -> Door:
    address = request.build_absolute_uri(reverse("homework:board_class", args=[class_group.board_key]))
    return Door(class_group, class_group.name_on(day), address, may_renew)


def _poster_day(request: SignedInRequest, school: School) -> dt.date:
    """The day asked for, else the school's latest. Http404 for a day without school or still to come."""
    today = timezone.localdate()
    latest = last_school_days(school, min(asked_day(request, today), today), 1)
    if not latest or (request.GET.get("day") and latest[0].isoformat() != request.GET["day"]):
        raise Http404
    return latest[0]


def _poster(
    request: SignedInRequest, school: School, day: dt.date, class_days: Sequence[ClassDay], template: str
) -> HttpResponse:
    if not class_days:
        raise Http404
    first = class_days[0].class_group
    name = first.name_on(day) if template == CLASS_POSTER else GRADE_NAMES[first.grade_on(day)]
    doors = [_door(request, class_day.class_group, day) for class_day in class_days]
    blocks = [(one, replace(door, is_long=_is_long(one))) for one, door in zip(class_days, doors, strict=True)]
    context: dict[str, object] = {"day": day, "name": name, "blocks": blocks}
    return _pdf(request, school, template, context, f"作业公示-{school}{name}-{day:%Y%m%d}.pdf")


def _is_long(class_day: ClassDay) -> bool:
    """By the lines it fills at about the width of a column. What is shorter is not cut."""
    lines = [line for item in class_day.items for line in ["", *item.content.splitlines()]]
    return sum(1 + len(line) // COLUMN_CHARACTERS for line in lines) > COLUMN_LINES


def _pdf(
    request: SignedInRequest, school: School, template: str, context: dict[str, object], file_name: str
) -> HttpResponse:
    """Back to the addresses, with a message, when it could not be printed, as for a character that no font has."""
    try:
        printed = render_pdf(template, {"school": school, **context}, made_at=timezone.now())
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("homework:board_addresses", code=school.unit.code)
    disposition = content_disposition_header(False, file_name) or "inline"
    return HttpResponse(printed.content, content_type="application/pdf", headers={"Content-Disposition": disposition})
