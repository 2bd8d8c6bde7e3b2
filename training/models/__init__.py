from training.models.imports import ImportedInstitution, RegisterImport
from training.models.register import Baseline, BaselineEntry, Institution, InstitutionStep

__all__ = ["Baseline", "BaselineEntry", "ImportedInstitution", "Institution", "InstitutionStep", "RegisterImport"]
