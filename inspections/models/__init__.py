from inspections.models.complaints import Complainant, Complaint, ComplaintPicture, ComplaintStep
from inspections.models.findings import Evidence, Finding, FindingStep, Visit
from inspections.models.ledger import SavedFilter
from inspections.models.letters import Letter, LetterReading

__all__ = [
    "Complainant",
    "Complaint",
    "ComplaintPicture",
    "ComplaintStep",
    "Evidence",
    "Finding",
    "FindingStep",
    "Letter",
    "LetterReading",
    "SavedFilter",
    "Visit",
]
