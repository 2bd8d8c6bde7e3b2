"""Taking an item back, and putting another in its place."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from homework import policy, services
from homework.class_days import class_days
from homework.forms.items import CorrectionForm, ReasonForm
from homework.models import Item, Notice
from homework.suggestions import FIELDS
from homework.views import answers
from homework.views.desk import QUICK_MINUTES, read_desk
from schools import access


@login_required
@require_POST
def item_withdraw(request: SignedInRequest, item_id: int) -> HttpResponse:
    """By the teacher who set it or, where she cannot, by 教导处."""
    item = _item(request, item_id)
    is_own = item.posted_by_id == request.user.pk
    if not is_own:
        access.require(request.user, "review_homework", item.notice.school.unit)
    day, class_id = item.notice.day, item.notice.class_group_id
    to = "" if is_own else "homework:review_list"
    form = ReasonForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(list(form.errors["reason"]))
        services.withdraw_item(by=request.user, item=item, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        return answers.refused(request, day, class_id, error, to=to)
    return answers.done(request, day, [class_id], f"已撤回：{item.subject}。", to=to)


@login_required
@require_http_methods(["GET", "POST"])
def item_correct(request: SignedInRequest, item_id: int) -> HttpResponse:
    """A form that begins with what was published. Only by the teacher who set it."""
    item = _item(request, item_id)
    if item.posted_by_id != request.user.pk:
        raise PermissionDenied
    form = _form(request, item)
    if request.method == "POST" and form.is_valid():
        what = {name: form.cleaned_data[name] for name in (*FIELDS, "overrun_reason", "reason", "key")}
        try:
            services.correct_item(by=request.user, item=item, **what)
        except ValidationError as error:
            add_errors(form, error, plain_at=answers.place_of(error))
        else:
            day, class_group = item.notice.day, item.notice.class_group
            return answers.done(request, day, [class_group.pk], f"已更正：{form.cleaned_data['subject']}。")
    return _page(request, item, form)


def _item(request: SignedInRequest, item_id: int) -> Item:
    items = Item.objects.select_related("notice__school__unit", "notice__class_group__school__unit", "subject")
    return access.get_visible(items, request.user, pk=item_id)


def _form(request: SignedInRequest, item: Item) -> CorrectionForm:
    """Her subjects in the class and, should she not teach it any more, the item's own."""
    day, class_id = item.notice.day, item.notice.class_group_id
    hers = read_desk(request.user, day).subjects[class_id]
    subjects = hers if item.subject in hers else [*hers, item.subject]
    begun = model_to_dict(item, FIELDS)
    return CorrectionForm(request.POST or None, subjects=subjects, day=day, initial=begun, auto_id="correct-%s")


def _page(request: SignedInRequest, item: Item, form: CorrectionForm) -> HttpResponse:
    """The limit is reckoned without the item that goes."""
    group, day = item.notice.class_group, item.notice.day
    class_day = class_days([group], day, Notice.objects.all())[0]
    others = [one.work for one in class_day.items if one.pk != item.pk]
    context = {
        "item": item,
        "form": form,
        "class_day": class_day,
        "layers": policy.minutes_by_layer(others),
        "load_without": policy.load(others),
        "still_stands": item.withdrawn_at is None,
        "quick_minutes": QUICK_MINUTES,
        "quick_reasons": CorrectionForm.QUICK,
    }
    return render(request, "homework/item_correct.html", context, status=422 if form.is_bound else 200)
