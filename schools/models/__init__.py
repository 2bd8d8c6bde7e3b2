"""Places, people, classes and days: what every other app stands on."""

from schools.models.classes import ClassGroup, ClassSize, Subject
from schools.models.days import CalendarChange, ChangedDay, OffWorkTime, SchoolDay, Term
from schools.models.imports import ImportBatch, ImportedRow
from schools.models.people import Duty, HeadTeacher, Posting, Role, Staff, Teaching
from schools.models.units import OrgUnit, School, UnitPlace
from schools.models.webhooks import Webhook

__all__ = [
    "CalendarChange",
    "ChangedDay",
    "ClassGroup",
    "ClassSize",
    "Duty",
    "HeadTeacher",
    "ImportBatch",
    "ImportedRow",
    "OffWorkTime",
    "OrgUnit",
    "Posting",
    "Role",
    "School",
    "SchoolDay",
    "Staff",
    "Subject",
    "Teaching",
    "Term",
    "UnitPlace",
    "Webhook",
]
