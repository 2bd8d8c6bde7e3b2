"""The pictures of reports and dashboards: one option each, for the page and for paper."""

import datetime as dt
from collections.abc import Mapping, Sequence

from paper import charts
from reports.indicators import H2, H3, Indicator, Unit
from reports.snapshot import Snapshot
from reports.spread import steps


def trend(snapshot: Snapshot) -> charts.Option:
    """H2 and H3 by school day; a gap where nothing was due."""
    days = [dt.date.fromisoformat(line.day) for line in snapshot.days]
    series = {
        indicator.name: [_number(indicator.value(line.counts)) for line in snapshot.days] for indicator in (H2, H3)
    }
    return charts.trend([short(day) for day in days], series, unit="%", target=float(H2.target or 0))


def distribution(snapshot: Snapshot, *, label_width: int = 46) -> charts.Option:
    """Class-days by written minutes against their limit. Labels break after `label_width` px (a phone's)."""
    over_from = next(number for number, band in enumerate(snapshot.bands) if band.is_over)
    option = charts.distribution(
        [band.name for band in snapshot.bands],
        [band.class_days for band in snapshot.bands],
        unit="班级日",
        over_from=over_from,
    )
    # interval 0: every band is named.
    option["xAxis"]["axisLabel"] |= {"interval": 0, "width": label_width, "overflow": "break", "fontSize": 10}
    return option


def share_map(
    days: Sequence[dt.date], names: Sequence[str], values: Sequence[Sequence[float | None]], one: Indicator
) -> charts.Option:
    """Units by days, in the colours of the bands, which are in per cent: six labels must fit a phone."""
    bands = steps(higher_is_better=one.higher_is_better)
    edge = ("gte", "lt") if one.higher_is_better else ("gt", "lte")
    pieces = [
        {edge[0]: float(band.low), edge[1]: float(band.high), "label": band.name.replace("%", ""), "color": band.color}
        for band in bands
    ]
    return charts.stepped_map([short(day) for day in days], names, values, pieces)


def share_bands(schools: Sequence[int], one: Indicator) -> charts.Option:
    """How many schools lie in each band, from bad to good."""
    bands = steps(higher_is_better=one.higher_is_better)
    option = charts.distribution([band.name for band in bands], schools, unit="所学校")
    for bar, band in zip(option["series"][0]["data"], bands, strict=True):
        bar["itemStyle"] = {"color": band.color, "borderColor": charts.SOFT, "borderWidth": 1}
    option["xAxis"]["axisLabel"] |= {"interval": 0, "width": 46, "overflow": "break", "fontSize": 10}
    return option


def shares(labels: Sequence[str], series: Mapping[str, Sequence[float | None]], one: Indicator) -> charts.Option:
    """Lines of one figure, of a unit or of several things compared."""
    target = None if one.target is None or one.unit is not Unit.PERCENT else float(one.target)
    return charts.trend(labels, series, unit="%", target=target)


def short(day: dt.date) -> str:
    """A day as charts and their tables label it: 10.8."""
    return f"{day.month}.{day.day}"


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def minutes_of(names: Sequence[str], minutes: Sequence[int]) -> charts.Option:
    return charts.bars(names, minutes, unit="分钟")
