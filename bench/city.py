"""The large city that everything is measured on."""

import argparse
import datetime as dt

from bench import clock
from reports.city.make import Made, make_city
from reports.management.commands.make_city import first_of


def make(options: argparse.Namespace, until: dt.date) -> Made:
    kept: list[Made] = []

    def work() -> None:
        made = make_city(
            schools=options.schools,
            classes=options.classes,
            counties=8,
            first_day=first_of(until, options.days),
            last_day=until,
            seed=1,
            tell=lambda line: print(line, flush=True),
        )
        kept.append(made)

    seconds = clock.seconds(work)
    made = kept[0]
    clock.keep(
        "make_city",
        f"{made.schools}所学校、{made.classes}个班、{len(made.days)}天、{made.items}项作业：{seconds:.0f}秒",
        seconds=seconds,
        schools=made.schools,
        classes=made.classes,
        days=len(made.days),
        notices=made.notices,
        items=made.items,
    )
    return made
