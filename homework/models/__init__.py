"""Homework in public, the rules it is judged by, and what families and checks say about it."""

from homework.models.families import Feedback, FeedbackQuerySet, TimeSample, TimeSampleQuerySet
from homework.models.notices import (
    Decision,
    Item,
    ItemQuerySet,
    NoHomework,
    Notice,
    NoticeQuerySet,
    Reminder,
    SavedItem,
    WordingWarning,
)
from homework.models.rules import (
    JUNIOR_SIX,
    BoardSettings,
    CutOff,
    LocalLimit,
    SchoolRule,
    SubjectShare,
    WeekPlan,
    WeekPlanEntry,
)
from homework.models.spot_checks import SpotCheck, SpotCheckSample
from homework.models.vacations import VacationItem, VacationPlan
from homework.models.words import Kind, Layer, Place, Rule

__all__ = [
    "JUNIOR_SIX",
    "BoardSettings",
    "CutOff",
    "Decision",
    "Feedback",
    "FeedbackQuerySet",
    "Item",
    "ItemQuerySet",
    "Kind",
    "Layer",
    "LocalLimit",
    "NoHomework",
    "Notice",
    "NoticeQuerySet",
    "Place",
    "Reminder",
    "Rule",
    "SavedItem",
    "SchoolRule",
    "SpotCheck",
    "SpotCheckSample",
    "SubjectShare",
    "TimeSample",
    "TimeSampleQuerySet",
    "VacationItem",
    "VacationPlan",
    "WeekPlan",
    "WeekPlanEntry",
    "WordingWarning",
]
