"""Addresses below /inspections/."""

from django.urls import path

from inspections.views import evidence, findings, ledger, overview, visits

app_name = "inspections"

urlpatterns = [
    path("", ledger.ledger, name="ledger"),
    path("ledger.xlsx", ledger.ledger_workbook, name="ledger_workbook"),
    path("ledger/act/", ledger.ledger_act, name="ledger_act"),
    path("ledger/filters/", ledger.filter_save, name="filter_save"),
    path("ledger/filters/<int:filter_id>/delete/", ledger.filter_delete, name="filter_delete"),
    path("overview/", overview.overview, name="overview"),
    path("unvisited/", overview.unvisited, name="unvisited"),
    path("units/<str:code>/file/", overview.unit_file, name="unit_file"),
    path("units/<str:code>/findings/add/", findings.finding_add, name="finding_add"),
    path("findings/<int:finding_id>/", findings.finding_detail, name="finding_detail"),
    path("findings/<int:finding_id>/<str:step>/", findings.finding_step, name="finding_step"),
    path("evidence/<int:evidence_id>/", evidence.evidence, name="evidence"),
    path("visits/", visits.visit_list, name="visit_list"),
    path("schools/<str:code>/visits/add/", visits.visit_add, name="visit_add"),
    path("visits/<int:visit_id>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:visit_id>/edit/", visits.visit_edit, name="visit_edit"),
]
