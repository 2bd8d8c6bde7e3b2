"""Items 7 to 14 of the national half-month form, counted from the register as on a day.

The basis is the frozen baseline: academic institutions, whatever became of them since. What carries no date of its own
(contracts, prices, rest days, money paid in advance) is taken as it stands in the register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Count, Q

from training import life
from training.models import Institution

IN_BASIS = Q(baseline_entry__isnull=False)
OPERATING = Q(state_then=life.State.OPERATING)
OFFLINE, ONLINE = Q(form=Institution.Form.OFFLINE), Q(form=Institution.Form.ONLINE)


@dataclass(frozen=True, slots=True)
class HalfMonth:
    """Counts of institutions. `operating`: of every kind, over which item 14 is a share."""

    basis: int = 0
    basis_offline: int = 0
    basis_online: int = 0
    operating: int = 0
    item_7: int = 0
    item_8: int = 0
    item_9: int = 0
    item_10: int = 0
    item_11: int = 0
    item_12: int = 0
    item_13: int = 0
    item_14: int = 0

    def __add__(self, other: HalfMonth) -> HalfMonth:
        return HalfMonth(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


# What each counts; the national form's line in its own words.
COUNTED: dict[str, Q] = {
    "basis": IN_BASIS,
    "basis_offline": IN_BASIS & OFFLINE,
    "basis_online": IN_BASIS & ONLINE,
    "operating": OPERATING,
    # 统一登记为非营利性机构的学科类校外培训机构（线下）
    "item_7": IN_BASIS & OPERATING & OFFLINE & Q(registration_then=life.Registration.NON_PROFIT),
    # 由备案改为审批的学科类校外培训机构（线上）
    "item_8": IN_BASIS & OPERATING & ONLINE & Q(permit_then=life.Permit.APPROVED),
    # 学科类校外培训机构压减数量
    "item_9": IN_BASIS & Q(state_then__in=life.REDUCED),
    # 占用国家法定节假日、休息日及寒暑假组织义务教育阶段学科类培训的机构；清理完成数量
    "item_10": IN_BASIS & Q(rest_days_found=True),
    "item_11": IN_BASIS & Q(rest_days_cleared=True),
    # 全面使用示范合同文本的机构；执行政府指导价的机构
    "item_12": IN_BASIS & OPERATING & Q(model_contract=True),
    "item_13": IN_BASIS & OPERATING & Q(guide_price=True),
    # 有效实行预收费风险管控的机构
    "item_14": OPERATING & ~Q(prepaid_control=Institution.Control.NONE),
}


def by_county(counties: Collection[int], day: dt.date) -> dict[int, HalfMonth]:
    """Of those of the counties that have an institution, as on `day`. One query."""
    counts: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in COUNTED.items()}
    rows = Institution.objects.filter(county__in=counties).as_on(day).order_by()
    sums = rows.values("county").annotate(**counts).values_list("county", *counts)
    return {county: HalfMonth(**dict(zip(counts, numbers, strict=True))) for county, *numbers in sums}
