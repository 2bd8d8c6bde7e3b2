"""The catalogue: what each figure counts, over what, from where, against which target."""

from reports.indicators.figure import NOTHING, Counts, Indicator, Kind, Unit, plain
from reports.indicators.homework import (
    H1,
    H2,
    H3,
    H4,
    H4_SHARE,
    H5,
    H6,
    H7,
    H8,
    H9,
    H10,
    H11,
    H12,
    HOMEWORK,
    SUBJECTS_SPOKEN,
)
from reports.indicators.oversight import OVERSIGHT
from reports.indicators.service import SERVICE
from reports.indicators.training import TRAINING

__all__ = [
    "BY_CODE",
    "CATALOGUE",
    "H1",
    "H2",
    "H3",
    "H4",
    "H4_SHARE",
    "H5",
    "H6",
    "H7",
    "H8",
    "H9",
    "H10",
    "H11",
    "H12",
    "HOMEWORK",
    "KEY_FIGURES",
    "MONTH_FIGURES",
    "NOTHING",
    "OVERSIGHT",
    "ROW_FIGURES",
    "SCHOOL_FIGURES",
    "SERVICE",
    "SUBJECTS_SPOKEN",
    "TRAINING",
    "Counts",
    "Indicator",
    "Kind",
    "Unit",
    "plain",
]

CATALOGUE = (*HOMEWORK, *SERVICE, *TRAINING, *OVERSIGHT)
BY_CODE = {indicator.code: indicator for indicator in CATALOGUE}

# What a report's summary shows: every period, and months only.
KEY_FIGURES = (H1, H2, SUBJECTS_SPOKEN, H3, H4, H5, H7, H10)
MONTH_FIGURES = (H8, H9, H11, H12)
# By county, and by school; a school that misses one of the last is listed as falling short.
ROW_FIGURES = (H2, H3, H4, H5)
SCHOOL_FIGURES = (H2, H3, H5)
