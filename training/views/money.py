"""An institution's prepaid money: accounts, the bank's statements, contracts that were looked into."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from schools import access
from training import policy
from training.forms.money import AccountForm, ContractForm, DayForm, MinimumForm, StatementForm
from training.models import Account, Statement
from training.services import money as services
from training.views.entry import entry, institution_of, row_of

MOVEMENTS_ON_A_PAGE = 100
CONTRACTS_ON_A_PAGE = 50


@login_required
@require_safe
def money(request: SignedInRequest, institution_id: int) -> HttpResponse:
    """Accounts with their months, contracts with what they break."""
    institution = institution_of(request.user, institution_id, "see_register")
    months = Prefetch("statements", Statement.objects.order_by("-month"))
    contracts = Paginator(institution.contracts.all(), CONTRACTS_ON_A_PAGE)
    context = {
        "institution": institution,
        "accounts": institution.accounts.prefetch_related(months),
        "page": contracts.get_page(request.GET.get("page")),
        "may_keep": access.can(request.user, "keep_register", institution.county),
    }
    return render(request, "training/money.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def account_open(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "keep_register")
    return entry(
        request,
        AccountForm(request.POST or None),
        lambda said: services.open_account(by=request.user, institution=institution, **said),
        title=f"{institution.name} · 登记监管账户",
        back=_page(institution.pk),
        done="监管账户已登记。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def account_minimum(request: SignedInRequest, account_id: int) -> HttpResponse:
    account = row_of(Account.objects.all(), request.user, account_id, "keep_register")
    return entry(
        request,
        MinimumForm(request.POST or None),
        lambda said: services.set_minimum(by=request.user, account=account, **said),
        title=f"{account} · 最低留存余额",
        back=_page(account.institution_id),
        done="最低留存余额已保存。",
        note=f"现在是{account.minimum_words}。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def account_close(request: SignedInRequest, account_id: int) -> HttpResponse:
    account = row_of(Account.objects.all(), request.user, account_id, "keep_register")
    return entry(
        request,
        DayForm(request.POST or None),
        lambda said: services.close_account(by=request.user, account=account, **said),
        title=f"{account} · 结束监管",
        back=_page(account.institution_id),
        done="已结束监管，流水保留。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def statement_add(request: SignedInRequest, account_id: int) -> HttpResponse:
    account = row_of(Account.objects.all(), request.user, account_id, "keep_register")
    return entry(
        request,
        StatementForm(request.POST or None, request.FILES or None),
        lambda said: services.bring_in_statement(by=request.user, account=account, content=said["file"].read()),
        title=f"{account} · 导入流水",
        back=_page(account.institution_id),
        done="流水已导入，余额逐笔核对无误。",
    )


@login_required
@require_safe
def statement_detail(request: SignedInRequest, statement_id: int) -> HttpResponse:
    """Every line of a month, those that met a rule of early warning marked with its figures."""
    statement = _statement(request.user, statement_id, "see_register")
    institution = statement.account.institution
    rows = statement.movements.order_by("line")
    if request.GET.get("only") == "flagged":
        rows = rows.exclude(flag="")
    context = {
        "statement": statement,
        "institution": institution,
        "page": Paginator(rows, MOVEMENTS_ON_A_PAGE).get_page(request.GET.get("page")),
        "flagged": statement.movements.exclude(flag="").count(),
        "only_flagged": request.GET.get("only") == "flagged",
        "may_keep": access.can(request.user, "keep_register", institution.county),
    }
    return render(request, "training/statement_detail.html", context)


@login_required
@require_POST
def statement_take_back(request: SignedInRequest, statement_id: int) -> HttpResponse:
    statement = _statement(request.user, statement_id, "keep_register")
    services.take_back_statement(by=request.user, statement=statement)
    messages.success(request, "流水已删除，可以重新导入。")
    return redirect(_page(statement.account.institution_id))


@login_required
@require_http_methods(["GET", "POST"])
def contract_add(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "keep_register")
    return entry(
        request,
        ContractForm(request.POST or None),
        lambda said: services.look_into_contract(by=request.user, institution=institution, **said),
        title=f"{institution.name} · 抽查合同",
        back=_page(institution.pk),
        done="抽查合同已登记，核对结果见下。",
        note="；".join(
            limit.clause for limit in policy.charge_limits(timezone.localdate(), is_academic=institution.is_academic)
        ),
    )


def _statement(user: User, statement_id: int, action: access.Action) -> Statement:
    rows = Statement.objects.select_related("account__institution__county", "made_by")
    statement = access.get_visible(rows, user, pk=statement_id)
    access.require(user, action, statement.account.institution.county)
    return statement


def _page(institution_id: int) -> str:
    return reverse("training:money", args=[institution_id])
