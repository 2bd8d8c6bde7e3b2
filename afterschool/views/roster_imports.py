"""A workbook of pupils and their groups: looked through first, then brought in whole.

Between the two the rows stand in the page itself, signed for this school and this person, and nowhere else.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from afterschool import roster_sheet
from afterschool.forms.rosters import RosterUploadForm
from afterschool.roster_sheet import Line
from afterschool.services import roster_imports as services
from afterschool.views.seen import school_of
from paper.workbook import WorkbookError
from schools import access
from schools.models import School

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "afterschool.roster"
GOOD_FOR = dt.timedelta(hours=2)
PROBLEMS_SHOWN = 200
EXPIRED = "页面已过期，请重新上传文件。"


@dataclass(frozen=True, slots=True)
class Sent:
    """A workbook that was looked through."""

    lines: list[Line]
    first_day: dt.date
    key: str

    def seal(self, user: User, school: School) -> str:
        kept = [[line.number, line.cells, line.unread] for line in self.lines]
        data = {"user": user.pk, "school": school.pk, "lines": kept, "first_day": str(self.first_day), "key": self.key}
        return signing.dumps(data, salt=SALT, compress=True)


def _unseal(sealed: str, user: User, school: School) -> Sent:
    """Raises ValidationError for what is too old or was made for somebody else."""
    try:
        data = signing.loads(sealed, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise ValidationError(EXPIRED) from None
    if (data["user"], data["school"]) != (user.pk, school.pk):
        raise ValidationError(EXPIRED)
    lines = [
        Line(number, tuple(cells), tuple((header, words) for header, words in unread))
        for number, cells, unread in data["lines"]
    ]
    return Sent(lines, dt.date.fromisoformat(data["first_day"]), data["key"])


@login_required
@require_http_methods(["GET", "POST"])
def pupil_import(request: SignedInRequest, code: str) -> HttpResponse:
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    if "sealed" in request.POST:
        return _go_on(request, school)
    form = RosterUploadForm(request.POST or None, request.FILES or None, initial={"first_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            lines = roster_sheet.read(form.cleaned_data["file"].read())
        except WorkbookError as error:
            form.add_error("file", str(error))
        else:
            return _looked_through(request, school, Sent(lines, form.cleaned_data["first_day"], str(uuid.uuid4())))
    context = {"school": school, "form": form, "most": roster_sheet.MAX_ROWS}
    return render(request, "afterschool/pupil_import.html", context, status=422 if form.errors else 200)


def _looked_through(request: SignedInRequest, school: School, sent: Sent) -> HttpResponse:
    checked = roster_sheet.check(sent.lines, school=school, first_day=sent.first_day)
    context = {
        "school": school,
        "checked": checked,
        "problems": checked.problems[:PROBLEMS_SHOWN],
        "first_day": sent.first_day,
        "sealed": sent.seal(request.user, school),
    }
    return render(request, "afterschool/pupil_import_check.html", context)


def _go_on(request: SignedInRequest, school: School) -> HttpResponse:
    """Bring in what was looked through, or give it back with its problems marked."""
    try:
        sent = _unseal(request.POST["sealed"], request.user, school)
        if "errors" in request.POST:
            checked = roster_sheet.check(sent.lines, school=school, first_day=sent.first_day)
            return _workbook(roster_sheet.marked_workbook(checked), "学生名单-待改正.xlsx")
        done = services.bring_in(
            by=request.user, school=school, lines=sent.lines, first_day=sent.first_day, key=uuid.UUID(sent.key)
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("afterschool:pupil_import", code=school.unit.code)
    if done:
        said = f"新增学生{len(done.new)}名，更新{len(done.changed)}名，加入班组{len(done.joining)}人次。"
        messages.success(request, f"已导入：{said}")
    return redirect("afterschool:pupil_list", code=school.unit.code)


@login_required
@require_safe
def pupil_import_template(request: SignedInRequest, code: str) -> HttpResponse:
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    return _workbook(roster_sheet.template(school, timezone.localdate()), "学生名单模板.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})
