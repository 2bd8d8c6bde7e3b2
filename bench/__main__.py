"""`python -m bench`, on an empty database of its own: make a large city, measure each thing beside its bare case."""

import argparse
import datetime as dt
import os

import django


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--schools", type=int, default=1200)
    parser.add_argument("--days", type=int, default=22)
    parser.add_argument("--classes", type=int, default=30)
    parser.add_argument(
        "--only",
        choices=["sums", "posting", "board", "service", "training", "ledger", "returns", "dashboard"],
        help="measure only this part",
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuangjian.settings")
    django.setup()
    measure(options)


def measure(options: argparse.Namespace) -> None:
    from bench import (
        board,
        city,
        dashboard,
        ledger,
        paper,
        posting,
        returns,
        service,
        sums,
        training,
    )  # the apps' models can be named only once Django is set up

    made = city.make(options, until=dt.date(2026, 10, 31))
    sums.settle()
    if options.only in (None, "sums"):
        sums.month(made)
        sums.day_and_tick(made)
        sums.settle()
        sums.read_month(made)
        paper.month_report(made)
    if options.only in (None, "posting"):
        posting.posting()
    if options.only in (None, "board"):
        board.board()
    parts = {
        "service": service.measure,
        "ledger": ledger.measure,
        "training": training.measure,
        "returns": returns.measure,
        "dashboard": dashboard.measure,
    }
    for name, part in parts.items():
        if options.only in (None, name):
            part(made)


if __name__ == "__main__":
    main()
