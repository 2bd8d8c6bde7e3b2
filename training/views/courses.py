"""What an institution teaches and who works there, with what that breaks; the figures that a city or county set."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from schools import access
from training.course_check import checked
from training.forms.courses import CourseForm, EmployeeForm
from training.forms.money import DayForm
from training.models import Course, Employee
from training.services import courses as services
from training.views.entry import entry, institution_of, row_of

MOST_COURSES = 200


@login_required
@require_safe
def courses(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "see_register")
    rows = list(institution.courses.prefetch_related("slots")[:MOST_COURSES])
    context = {
        "institution": institution,
        "courses": checked(institution, rows, timezone.localdate()),
        "employees": institution.employees.all(),
        "may_keep": access.can(request.user, "keep_register", institution.county),
    }
    return render(request, "training/courses.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def course_add(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "keep_register")
    return entry(
        request,
        CourseForm(request.POST or None),
        lambda said: services.add_course(by=request.user, institution=institution, **said),
        title=f"{institution.name} · 登记课程",
        back=_page(institution.pk),
        done="课程已登记，核对结果见下。",
    )


@login_required
@require_POST
def course_remove(request: SignedInRequest, course_id: int) -> HttpResponse:
    course = row_of(Course.objects.all(), request.user, course_id, "keep_register")
    services.remove_course(by=request.user, course=course)
    messages.success(request, "课程已删除，操作记录里留有原样。")
    return redirect(_page(course.institution_id))


@login_required
@require_http_methods(["GET", "POST"])
def employee_add(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "keep_register")
    return entry(
        request,
        EmployeeForm(request.POST or None),
        lambda said: services.add_employee(by=request.user, institution=institution, **said),
        title=f"{institution.name} · 登记从业人员",
        back=_page(institution.pk),
        done="从业人员已登记。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def employee_end(request: SignedInRequest, employee_id: int) -> HttpResponse:
    employee = row_of(Employee.objects.all(), request.user, employee_id, "keep_register")
    return entry(
        request,
        DayForm(request.POST or None),
        lambda said: services.end_employee(by=request.user, employee=employee, **said),
        title=f"{employee.name} · 登记离岗",
        back=_page(employee.institution_id),
        done="已登记离岗。",
    )


def _page(institution_id: int) -> str:
    return reverse("training:courses", args=[institution_id])
