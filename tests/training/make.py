"""Institutions in a world, through the services."""

import datetime as dt
from typing import Any

from accounts.models import User
from schools.models import OrgUnit
from training.models import Account, Institution, Statement, TutoringCase, Violation
from training.services import money, register, tutoring, wrongdoing

DEFAULTS: dict[str, Any] = {"subject": "academic", "form": "offline", "registration": "profit", "permit": "approved"}


def institution(by: User, county: OrgUnit, name: str = "启明培训学校", **said: Any) -> Institution:
    made = register.add_institution(by=by, county=county, name=name, **DEFAULTS | said)
    assert made
    return made


def account(by: User, institution: Institution, **said: Any) -> Account:
    values = {"kind": "custody", "bank": "东县农商银行", "number_end": "0012", "minimum_cents": 5_000_000}
    made = money.open_account(by=by, institution=institution, **values | {"opened_on": dt.date(2026, 8, 1)} | said)
    assert made
    return made


def statement(by: User, account: Account, *lines: tuple[str, int], opening: int) -> Statement:
    """Of lines as day and yuan (in positive, out negative), with the balances that follow from `opening` yuan."""
    return money.bring_in_statement(by=by, account=account, content=bank_csv(*lines, opening=opening))


def bank_csv(*lines: tuple[str, int], opening: int) -> bytes:
    text = "交易日期,收入,支出,余额,对方户名\n"
    for day, yuan in lines:
        opening += yuan
        text += f"{day},{max(yuan, 0)},{max(-yuan, 0)},{opening},某公司\n"
    return text.encode()


def violation(by: User, county: OrgUnit, **said: Any) -> Violation:
    values = {
        "who": "阳光小区某培训点",
        "kind": "unlicensed",
        "what": "居民楼内无证开展数学培训。",
        "found_on": dt.date(2026, 10, 12),
        "officers": 3,
    }
    made = wrongdoing.enter(by=by, county=county, **values | said)
    assert made
    return made


def decided(by: User, violation: Violation, **said: Any) -> Violation:
    values = {
        "clause": "53-other",
        "basis": "《校外培训行政处罚暂行办法》第二十条",
        "decision": "责令改正，退还所收费用。",
        "decided_on": dt.date(2026, 10, 20),
    }
    return wrongdoing.decide(by=by, violation=violation, **values | said)


def tutoring_case(by: User, county: OrgUnit, **said: Any) -> TutoringCase:
    values = {"teacher_name": "王某", "found_on": dt.date(2026, 10, 12), "what": "家中给学生有偿补课。"}
    made = tutoring.add_case(by=by, county=county, **values | said)
    assert made
    return made
