from inspections.models.findings import Evidence, Finding, FindingStep, Visit

__all__ = ["Evidence", "Finding", "FindingStep", "Visit"]
