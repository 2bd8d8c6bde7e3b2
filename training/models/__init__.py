from training.models.register import Baseline, BaselineEntry, Institution, InstitutionStep

__all__ = ["Baseline", "BaselineEntry", "Institution", "InstitutionStep"]
