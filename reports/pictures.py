"""Charts with the table behind them, made once for the page, for paper and for the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paper.charts import Option
from paper.csv_file import write_csv
from reports import charts
from reports.area_map import AreaMap, Line
from reports.balance import Balance
from reports.indicators import Indicator
from reports.own_school import OwnSchool
from reports.spread import step_of, steps
from reports.terms import TermTrend

Link = Callable[[Line], str]


@dataclass(frozen=True, slots=True)
class Picture:
    """`links`: where each row of the table leads; none where rows lead nowhere."""

    name: str
    title: str
    option: Option
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    height: int = 280
    links: Sequence[str] = ()

    @property
    def linked_rows(self) -> list[tuple[str, str, Sequence[str]]]:
        """Address, first cell and the others, by row."""
        links = self.links or [""] * len(self.rows)
        return [(link, row[0], row[1:]) for link, row in zip(links, self.rows, strict=True)]

    def csv(self) -> bytes:
        return write_csv([self.columns, *self.rows])


def by_day(found: AreaMap, units: Sequence[Line], one: Indicator, link: Link) -> Picture:
    """Units by days. `units`: those of the page."""
    days = found.days
    return Picture(
        "days",
        f"{one.name}：各单位每天",
        charts.share_map(
            days, [unit.name for unit in units], [[unit.value_on(day, one) for day in days] for unit in units], one
        ),
        ["单位", *(charts.short(day) for day in days)],
        [[unit.name, *(unit.text_on(day, one) for day in days)] for unit in units],
        height=90 + 24 * len(units),
        links=[link(unit) for unit in units],
    )


def of_whole(found: AreaMap, one: Indicator) -> Picture:
    """Day by day, all together."""
    labels = [charts.short(day) for day in found.days]
    return Picture(
        "run",
        f"{one.name}：全部合计每天",
        charts.shares(labels, {one.name: [found.whole.value_on(day, one) for day in found.days]}, one),
        ["日期", one.name, "原数"],
        [
            [label, found.whole.text_on(day, one), one.parts_text(found.whole.days[day])]
            for label, day in zip(labels, found.days, strict=True)
        ],
    )


def bands(found: AreaMap, one: Indicator) -> Picture:
    """How many schools lie in each band; small denominators are left out."""
    judged = [share.value for share in found.shares(one) if not share.is_few]
    lying = [step_of(value, higher_is_better=one.higher_is_better) for value in judged]
    every = steps(higher_is_better=one.higher_is_better)
    counts = [lying.count(step) for step in every]
    return Picture(
        "bands",
        f"{one.name}：学校分布",
        charts.share_bands(counts, one),
        ["档次", "学校数"],
        [[step.name, str(count)] for step, count in zip(every, counts, strict=True)],
    )


def beside_median(found: OwnSchool, one: Indicator) -> Picture:
    """A school's weeks; the median of its county beside them where there is one."""
    series = {"本校": [week.mine_as_number for week in found.weeks]}
    if any(week.median is not None for week in found.weeks):
        series["全县中位数"] = [week.median_as_number for week in found.weeks]
    labels = [charts.short(week.monday) for week in found.weeks]
    return Picture(
        "own",
        f"{one.name}：每周",
        charts.shares(labels, series, one),
        ["周一", "本校", "全县中位数"],
        [
            [label, one.written(week.mine), one.written(week.median)]
            for label, week in zip(labels, found.weeks, strict=True)
        ],
    )


def of_term(found: TermTrend) -> list[Picture]:
    """Shares, and minutes by grade, by week."""
    weeks = [f"{week.monday:%Y-%m-%d}" for week in found.weeks]
    return [
        Picture(
            "shares",
            "公示是否齐全、按时",
            found.shares_chart(),
            ["周一", "公示率", "按时率", "平日超限率"],
            [[name, *(figure.text for figure in week.shares)] for name, week in zip(weeks, found.weeks, strict=True)],
        ),
        Picture(
            "minutes",
            "各年级平均书面作业时长",
            found.minutes_chart(),
            ["周一", *found.grade_names],
            [
                [name, *(figure.text if figure else "–" for figure in minutes)]
                for name, (_, minutes) in zip(weeks, found.rows, strict=True)
            ],
        ),
    ]


def of_subjects(found: Balance) -> Picture:
    return Picture(
        "subjects",
        "各学科书面家庭作业分钟",
        charts.minutes_of(found.chart_names, [part.minutes for part in found.subjects]),
        ["学科", "作业条数", "班级日", "书面分钟", "占比", "每班每天"],
        [
            [part.name, str(part.items), str(part.class_days), str(part.minutes), f"{part.percent}%", str(part.mean)]
            for part in found.subjects
        ],
        height=60 + 34 * len(found.subjects),
    )
