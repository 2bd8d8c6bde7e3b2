"""After-school service: what is planned, who takes part, and what happened."""

from afterschool.models.courses import Course, CourseGroup, Enrolment, Pupil, Room, Worker
from afterschool.models.plans import AdmittedBody, Dismissal, FollowedWeekday, Plan, PlanSlot, ServiceBreak
from afterschool.models.sessions import Absence, Duty, Incident, Session
from afterschool.models.words import CourseKind, Nature, Season, SlotKind, WorkerKind

__all__ = [
    "Absence",
    "AdmittedBody",
    "Course",
    "CourseGroup",
    "CourseKind",
    "Dismissal",
    "Duty",
    "Enrolment",
    "FollowedWeekday",
    "Incident",
    "Nature",
    "Plan",
    "PlanSlot",
    "Pupil",
    "Room",
    "Season",
    "ServiceBreak",
    "Session",
    "SlotKind",
    "Worker",
    "WorkerKind",
]
