"""What each figure says: the catalogue as a page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from reports.indicators import HOMEWORK, OVERSIGHT, SERVICE, TRAINING
from reports.indicators.burden import BURDEN
from reports.indicators.figure import Indicator, Kind
from reports.indicators.returns import RETURNS

GROUPS = (
    ("作业", HOMEWORK),
    ("课后服务", SERVICE),
    ("校外培训", TRAINING),
    ("督导和举报", OVERSIGHT),
    ("上报和填报", (*RETURNS, *BURDEN)),
)
KINDS = {
    Kind.ADDITIVE: "下级相加即上级",
    Kind.DISTINCT: "去重计数，不能相加",
    Kind.MEDIAN: "中位数，由全部份数另算",
    Kind.AS_OF: "统计末日的状态",
}
PERIODS = {"D": "日", "W": "周", "H": "半月", "M": "月", "T": "学期", "Y": "年"}


@login_required
@require_safe
def indicator_list(request: SignedInRequest) -> HttpResponse:
    """Everybody may know how she is counted."""
    groups = [(name, [_line(one) for one in some]) for name, some in GROUPS]
    return render(request, "reports/indicator_list.html", {"groups": groups})


def _line(indicator: Indicator) -> dict[str, object]:
    return {
        "indicator": indicator,
        "target": indicator.target_text(),
        "kind": KINDS[indicator.kind],
        "periods": "、".join(PERIODS[letter] for letter in indicator.periods if letter in PERIODS),
    }
