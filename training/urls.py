"""Addresses below /training/."""

from django.urls import path

from training.views import baselines, imports, register

app_name = "training"

urlpatterns = [
    path("", register.register, name="register"),
    path("add/", register.institution_add, name="institution_add"),
    path("<int:institution_id>/", register.institution_detail, name="institution_detail"),
    path("<int:institution_id>/edit/", register.institution_edit, name="institution_edit"),
    path("<int:institution_id>/step/", register.institution_step, name="institution_step"),
    path("<int:institution_id>/take-back/", register.institution_take_back, name="institution_take_back"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/<int:batch_id>/", imports.import_detail, name="import_detail"),
    path("imports/<int:batch_id>/mapping/", imports.import_mapping, name="import_mapping"),
    path("imports/<int:batch_id>/decide/", imports.import_decide, name="import_decide"),
    path("imports/<int:batch_id>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<int:batch_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:batch_id>/errors/", imports.import_errors, name="import_errors"),
    path("baselines/", baselines.baseline_list, name="baseline_list"),
    path("baselines/<unit_code:code>/", baselines.baseline_freeze, name="baseline_freeze"),
]
