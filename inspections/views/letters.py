"""Letters: started from findings, written, issued, read by those whom they concern."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from inspections import letters
from inspections.forms.letters import LetterForm
from inspections.models import Finding, Letter
from inspections.models.letters import LetterQuerySet
from inspections.services import letters as services
from schools import access
from schools.models import OrgUnit
from schools.models.units import codes_in

ON_A_PAGE = 40
MOST_FINDINGS = 30


@login_required
@require_safe
def letter_list(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "see_findings")
    kind = request.GET.get("kind", "")
    rows = _visible(request.user).filter(**{"kind": kind} if kind in Letter.Kind.values else {})
    listed = rows.select_related("unit", "addressee").defer("content", "body").annotate(read=Count("readings"))
    context = {
        "page": Paginator(listed.order_by("-pk"), ON_A_PAGE).get_page(request.GET.get("page")),
        "kind": kind,
        "kinds": Letter.Kind.choices,
        "may_write": bool(access.scope(request.user, "issue_letters")),
    }
    return render(request, "inspections/letter_list.html", context)


def _visible(user: User) -> LetterQuerySet:
    """Drafts to their own bureau; what is issued to those above it too, and to those whom it concerns."""
    mine = [one for one in access.held(user) if one.role in access.ROLES_FOR["issue_letters"]]
    below = OrgUnit.objects.inside(access.scope(user, "inspect"))
    concerned = [one for one in access.held(user) if one.role in access.ROLES_FOR["answer_findings"]]
    above = {code for one in concerned for code in codes_in(one.path)[:-1]}
    addressed = Q(addressee__in=[one.unit.pk for one in concerned]) | Q(addressee=None, unit__code__in=above)
    own = Q(unit__in=[one.unit.pk for one in mine])
    return Letter.objects.filter(own | Q(number__isnull=False) & (Q(unit__in=below) | addressed))


@login_required
@require_http_methods(["GET", "POST"])
def letter_write(request: SignedInRequest, code: str) -> HttpResponse:
    """To the unit with this code, about `?finding=` (several); `?kind=`. A bureau's own code: to every school of it."""
    addressee = access.get_visible(OrgUnit.objects.all(), request.user, code=code)
    unit = _issuer(request.user, addressee)
    kind = request.GET.get("kind", Letter.Kind.ADVICE)
    if kind not in Letter.Kind.values:
        raise Http404
    to = None if addressee.pk == unit.pk else addressee
    findings = _findings(request, to)
    first = letters.draft(kind, unit, to, findings, timezone.localdate())
    form = LetterForm(request.POST or None, initial=asdict(first))
    if request.method == "POST" and form.is_valid():
        try:
            letter = services.write(
                by=request.user, unit=unit, kind=kind, addressee=to, findings=findings, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("inspections:letter_detail", letter.pk) if letter else redirect("inspections:letter_list")
    context = {"form": form, "unit": unit, "addressee": to, "kind": Letter.Kind(kind), "kinds": Letter.Kind.choices}
    context["query"] = "".join(f"&finding={finding.pk}" for finding in findings)
    return render(request, "inspections/letter_write.html", context, status=422 if form.errors else 200)


def _issuer(user: User, addressee: OrgUnit) -> OrgUnit:
    """Her own bureau at or above the addressee. PermissionDenied where she has none."""
    path = addressee.path_on(timezone.localdate())
    for one in access.held(user):
        if one.role in access.ROLES_FOR["issue_letters"] and path.startswith(one.path):
            return one.unit
    raise PermissionDenied


def _findings(request: SignedInRequest, addressee: OrgUnit | None) -> list[Finding]:
    """Those named, or without any the addressee's open ones; for a 通报 to all, those named of the area."""
    typed = [text for text in request.GET.getlist("finding") if text.isascii() and text.isdecimal() and len(text) < 19]
    numbers = [int(text) for text in typed[:MOST_FINDINGS]]
    rows = Finding.objects.inside(access.scope(request.user, "inspect")).defer("words").order_by("due_on", "pk")
    if numbers:
        rows = rows.filter(pk__in=numbers)
        return list(rows.filter(owner=addressee) if addressee else rows)
    return list(rows.open().filter(owner=addressee)[:MOST_FINDINGS]) if addressee else []


@login_required
@require_http_methods(["GET", "POST"])
def letter_edit(request: SignedInRequest, letter_id: int) -> HttpResponse:
    letter = _mine(request.user, letter_id)
    if letter.is_issued:
        messages.error(request, services.ISSUED)
        return redirect("inspections:letter_detail", letter.pk)
    form = LetterForm(
        request.POST or None, initial={name: getattr(letter, name) for name in ("issuer", "title", "body", "word")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change(by=request.user, letter=letter, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("inspections:letter_detail", letter.pk)
    context = {"form": form, "letter": letter, "unit": letter.unit, "addressee": letter.addressee}
    return render(request, "inspections/letter_write.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def letter_detail(request: SignedInRequest, letter_id: int) -> HttpResponse:
    letter = _letter(request.user, letter_id)
    readings = letter.readings.select_related("unit", "user")
    concerned = _concerned(request.user, letter)
    context = {
        "letter": letter,
        "findings": letter.findings.with_owner().defer("words"),
        "readings": readings,
        "is_mine": access.is_posted_at(request.user, "issue_letters", letter.unit_id),
        "must_read": bool(concerned) and not readings.filter(unit__in=concerned).exists(),
        "paragraphs": letter.body.splitlines(),
        "today": timezone.localdate(),
    }
    return render(request, "inspections/letter_detail.html", context)


@never_cache
@login_required
@require_safe
def letter_pdf(request: SignedInRequest, letter_id: int) -> HttpResponse:
    """The frozen file of one that is issued; a draft as it is now."""
    letter = _letter(request.user, letter_id)
    content = bytes(letter.content) if letter.content is not None else letters.printed(letter).content
    name = f"{letter.serial or '草稿'}{letter.title}.pdf"
    headers = {"Content-Disposition": content_disposition_header(False, name)}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@login_required
@require_POST
def letter_issue(request: SignedInRequest, letter_id: int) -> HttpResponse:
    letter = _mine(request.user, letter_id)
    try:
        issued = services.issue(by=request.user, letter=letter)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, f"已签发，文号{issued.serial}。打印后用印。")
    return redirect("inspections:letter_detail", letter.pk)


@login_required
@require_POST
def letter_discard(request: SignedInRequest, letter_id: int) -> HttpResponse:
    letter = _mine(request.user, letter_id)
    try:
        services.discard(by=request.user, letter=letter)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("inspections:letter_detail", letter.pk)
    messages.success(request, "草稿已删除。")
    return redirect("inspections:letter_list")


@login_required
@require_POST
def letter_read(request: SignedInRequest, letter_id: int) -> HttpResponse:
    letter = _letter(request.user, letter_id)
    concerned = _concerned(request.user, letter)
    if not letter.is_issued or not concerned:
        raise PermissionDenied
    services.confirm_reading(by=request.user, letter=letter, unit=concerned[0])
    messages.success(request, "已确认阅读。")
    return redirect("inspections:letter_detail", letter.pk)


def _concerned(user: User, letter: Letter) -> list[OrgUnit]:
    """Her own units that the letter is for."""
    mine = [one for one in access.held(user) if one.role in access.ROLES_FOR["answer_findings"]]
    if letter.addressee_id:
        return [one.unit for one in mine if one.unit.pk == letter.addressee_id]
    return [one.unit for one in mine if letter.unit.code in codes_in(one.path)[:-1]]


def _letter(user: User, letter_id: int) -> Letter:
    rows = _visible(user).select_related("unit", "addressee", "made_by", "issued_by")
    return get_object_or_404(rows, pk=letter_id)


def _mine(user: User, letter_id: int) -> Letter:
    letter = _letter(user, letter_id)
    if not access.is_posted_at(user, "issue_letters", letter.unit_id):
        raise PermissionDenied
    return letter
