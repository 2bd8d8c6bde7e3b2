"""Sums, papers as they were made, and returns."""

from reports.models.burden import BurdenChoice, BurdenTally, BurdenTallyQuerySet
from reports.models.reports import Report, ReportFile, ReportQuerySet, ReportStep
from reports.models.returns import ANSWERS, ASKED, NUMBERS, Return, ReturnQuerySet, ReturnStep
from reports.models.tallies import PLACE, HomeworkTally, ServiceTally, TallyQuerySet

__all__ = [
    "ANSWERS",
    "ASKED",
    "NUMBERS",
    "PLACE",
    "BurdenChoice",
    "BurdenTally",
    "BurdenTallyQuerySet",
    "HomeworkTally",
    "Report",
    "ReportFile",
    "ReportQuerySet",
    "ReportStep",
    "Return",
    "ReturnQuerySet",
    "ReturnStep",
    "ServiceTally",
    "TallyQuerySet",
]
