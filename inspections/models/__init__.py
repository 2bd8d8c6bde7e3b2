from inspections.models.findings import Evidence, Finding, FindingStep, Visit
from inspections.models.ledger import SavedFilter

__all__ = ["Evidence", "Finding", "FindingStep", "SavedFilter", "Visit"]
