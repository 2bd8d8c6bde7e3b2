"""A teacher's own templates (常用作业): nobody else sees them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from homework import services
from homework.forms.items import SavedItemForm
from homework.models import Item, SavedItem
from homework.suggestions import FIELDS
from homework.views.desk import QUICK_MINUTES
from schools import access
from schools.models import Subject


@login_required
@require_GET
def saved_item_list(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "post_homework")
    saved = request.user.saved_items.select_related("subject").order_by("subject__rank", "-pk")
    return render(request, "homework/saved_item_list.html", {"saved_items": saved})


@login_required
@require_POST
def saved_item_add(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Keep an item of hers that is already published."""
    item = access.get_visible(Item.objects.select_related("subject"), request.user, pk=item_id)
    if item.posted_by_id != request.user.pk:
        raise PermissionDenied
    try:
        services.save_item(by=request.user, **{name: getattr(item, name) for name in FIELDS})
        messages.success(request, f"已存为常用：{item.subject}，{item.content}")
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("homework:saved_item_list")


@login_required
@require_http_methods(["GET", "POST"])
def saved_item_edit(request: SignedInRequest, saved_id: int) -> HttpResponse:
    saved = get_object_or_404(request.user.saved_items.select_related("subject"), pk=saved_id)
    before = saved.subject
    form = SavedItemForm(request.POST or None, instance=saved, subjects=_subjects(request, before))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_saved_item(saved=saved, **{name: form.cleaned_data[name] for name in FIELDS})
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "已保存。")
            return redirect("homework:saved_item_list")
    context = {"form": form, "quick_minutes": QUICK_MINUTES}
    return render(request, "homework/saved_item_edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def saved_item_delete(request: SignedInRequest, saved_id: int) -> HttpResponse:
    saved: SavedItem = get_object_or_404(request.user.saved_items, pk=saved_id)
    services.delete_saved_item(saved=saved)
    messages.success(request, "已删除。")
    return redirect("homework:saved_item_list")


def _subjects(request: SignedInRequest, also: Subject) -> list[Subject]:
    """Those she teaches today, and the one it has."""
    taught = Subject.objects.filter(pk__in=request.user.teachings.on(timezone.localdate()).values("subject"))
    return list((taught | Subject.objects.filter(pk=also.pk)).distinct())
