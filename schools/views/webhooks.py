"""A school's group robot: where it is, whether messages arrive, and taking it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import Job
from accounts.webhooks import masked
from schools import access
from schools.forms.webhooks import WebhookForm
from schools.models import School, Webhook
from schools.services import webhooks as services


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def webhook(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = _school(request, school_id)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.set_webhook(by=request.user, unit=school.unit, **form.cleaned_data)
        messages.success(request, "已保存。请发一条测试消息，看群里能不能收到。")
        return redirect("schools:webhook", school_id)
    robot = Webhook.objects.select_related("set_by").filter(unit=school.unit).first()
    sends = list(services.last_sends(school.unit))
    context = {
        "school": school,
        "form": form,
        "robot": robot,
        "address": masked(robot.url) if robot else "",
        "sends": sends,
        "is_sending": any(job.state in Job.UNFINISHED for job in sends),
    }
    return render(request, "schools/webhook.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def webhook_test(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = _school(request, school_id)
    if Webhook.objects.filter(unit=school.unit).exists():
        services.send_test(by=request.user, unit=school.unit)
        messages.success(request, "测试消息已发出，结果见“最近发送”。")
    else:
        messages.error(request, "还没有设置群机器人，请先填写地址。")
    return redirect("schools:webhook", school_id)


@login_required
@require_POST
def webhook_remove(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = _school(request, school_id)
    if services.remove_webhook(by=request.user, unit=school.unit):
        messages.success(request, "已移除群机器人，不再往群里发消息。站内消息照常。")
    return redirect("schools:webhook", school_id)


def _school(request: SignedInRequest, school_id: int) -> School:
    school = access.get_visible(School.objects.select_related("unit"), request.user, pk=school_id)
    access.require(request.user, "manage_limits", school.unit)
    return school
