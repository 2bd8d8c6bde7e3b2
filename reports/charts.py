"""The pictures of a report: one option each, for the page and for paper."""

import datetime as dt

from paper import charts
from reports.indicators import H2, H3
from reports.snapshot import Snapshot


def trend(snapshot: Snapshot) -> charts.Option:
    """H2 and H3 by school day; a gap where nothing was due."""
    days = [dt.date.fromisoformat(line.day) for line in snapshot.days]
    series = {
        indicator.name: [_number(indicator.value(line.counts)) for line in snapshot.days] for indicator in (H2, H3)
    }
    return charts.trend([f"{day.month}.{day.day}" for day in days], series, unit="%", target=float(H2.target or 0))


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


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
