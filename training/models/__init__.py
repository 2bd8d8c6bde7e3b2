from training.models.arrangements import Arrangement
from training.models.campaigns import Campaign, CampaignCheck, CampaignTarget
from training.models.courses import ClassSize, Course, CourseSlot, Employee, GuidePrice
from training.models.imports import ImportedInstitution, RegisterImport
from training.models.money import Account, ContractSample, Movement, Statement
from training.models.register import Baseline, BaselineEntry, Institution, InstitutionStep
from training.models.tutoring import TutoringCase, TutoringOfficer
from training.models.warning import Signal, SignalKind, Threshold
from training.models.wrongdoing import Violation

__all__ = [
    "Account",
    "Arrangement",
    "Baseline",
    "BaselineEntry",
    "Campaign",
    "CampaignCheck",
    "CampaignTarget",
    "ClassSize",
    "ContractSample",
    "Course",
    "CourseSlot",
    "Employee",
    "GuidePrice",
    "ImportedInstitution",
    "Institution",
    "InstitutionStep",
    "Movement",
    "RegisterImport",
    "Signal",
    "SignalKind",
    "Statement",
    "Threshold",
    "TutoringCase",
    "TutoringOfficer",
    "Violation",
]
