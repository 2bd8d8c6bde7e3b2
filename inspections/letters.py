"""What a letter says at first, drawn from the findings that it is about, and how it stands on paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from inspections.models import Finding, Letter
from paper.pdf import Printed, render_pdf
from schools.models import OrgUnit

WORDS = {
    Letter.Kind.ADVICE: "双减督建",
    Letter.Kind.URGE: "双减督办",
    Letter.Kind.PRAISE: "双减通",
    Letter.Kind.NOTICE: "双减通",
    Letter.Kind.PUNISH: "双减通",
}
BASIS = "根据《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》和教育督导有关规定"
LONGEST_TITLE_LINE = 20
BREAKS_AFTER = "的和、”》）"
HEADINGS = ((re.compile(r"[一二三四五六七八九十]+、"), "h2"), (re.compile(r"（[一二三四五六七八九十]+）"), "h3"))


@dataclass(frozen=True, slots=True)
class Draft:
    issuer: str
    title: str
    body: str
    word: str


def draft(kind: str, unit: OrgUnit, addressee: OrgUnit | None, findings: Sequence[Finding], today: dt.date) -> Draft:
    """A first text to be put right by hand: the findings in the order given, each with what is asked and until when."""
    kind = Letter.Kind(kind)
    name = addressee.name if addressee else unit.name
    listed = "\n".join(_finding(number, finding) for number, finding in enumerate(findings, 1))
    if kind == Letter.Kind.ADVICE:
        title = f"关于{name}落实“双减”有关问题的整改建议书"
        body = (
            f"{BASIS}，对你单位“双减”工作进行了督导。现将发现的问题和整改建议书面通知如下。\n"
            f"一、发现的问题和整改要求\n{listed}\n"
            "二、整改期限\n请对照以上问题逐项整改，按期报送整改情况。逾期未整改的，将予以督办。"
        )
    elif kind == Letter.Kind.URGE:
        title = f"关于{name}“双减”问题整改的督办单"
        body = (
            f"以下问题已超过整改期限，请你单位立即整改。\n一、督办事项\n{listed}\n"
            f"二、办理要求\n请于{_day(today + dt.timedelta(days=5))}前报送整改情况，说明超期原因。"
        )
    else:
        title = f"关于{name}“双减”工作的{kind.label}"
        body = f"现将有关情况通报如下。\n一、基本情况\n{listed}\n二、工作要求\n请各校认真对照，抓好落实。"
    return Draft(f"{unit.name}教育局", title, body, f"{unit.name}{WORDS[kind]}"[:20])


def _finding(number: int, finding: Finding) -> str:
    demand = f"整改要求：{finding.demand}" if finding.demand else "请立即整改。"
    return f"{number}.{finding.what.rstrip('。')}。{demand.rstrip('。')}。整改期限：{_day(finding.due_on)}。"


def printed(letter: Letter, made_at: dt.datetime | None = None) -> Printed:
    """As it stands: a draft says so on every page. Raises paper.errors.PaperError rather than print a hole."""
    context: dict[str, object] = {
        "letter": letter,
        "author": letter.issuer,
        "title_lines": title_lines(letter.title),
        "draft": not letter.is_issued,
        "paragraphs": [_paragraph(line) for line in letter.body.splitlines() if line.strip()],
        "addressee": letter.addressee.name if letter.addressee else "各学校",
    }
    return render_pdf("inspections/letter_pdf.html", context, made_at=made_at or timezone.now())


def title_lines(title: str) -> list[str]:
    """One line, or two that part after a 的, 和, 、 or closing mark near the middle, where no word is torn."""
    if len(title) <= LONGEST_TITLE_LINE:
        return [title]
    middle = len(title) / 2
    places = [place for place in range(4, len(title) - 3) if title[place - 1] in BREAKS_AFTER]
    place = min(places, key=lambda one: abs(one - middle), default=round(middle))
    return [title[:place], title[place:]]


def _paragraph(line: str) -> tuple[str, str]:
    """Its element and its text: 一、 and （一） begin headings."""
    text = line.strip()
    return next((tag for pattern, tag in HEADINGS if pattern.match(text)), "p"), text


def _day(day: dt.date) -> str:
    return f"{day:%Y年%-m月%-d日}"
