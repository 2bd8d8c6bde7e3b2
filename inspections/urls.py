"""Addresses below /inspections/."""

from django.urls import path

from inspections.views import complaints, complaints_public, evidence, findings, ledger, letters, overview, visits

app_name = "inspections"

urlpatterns = [
    path("", ledger.ledger, name="ledger"),
    path("ledger.xlsx", ledger.ledger_workbook, name="ledger_workbook"),
    path("ledger/act/", ledger.ledger_act, name="ledger_act"),
    path("ledger/filters/", ledger.filter_save, name="filter_save"),
    path("ledger/filters/<int:filter_id>/delete/", ledger.filter_delete, name="filter_delete"),
    path("overview/", overview.overview, name="overview"),
    path("unvisited/", overview.unvisited, name="unvisited"),
    path("units/<unit_code:code>/file/", overview.unit_file, name="unit_file"),
    path("units/<unit_code:code>/findings/add/", findings.finding_add, name="finding_add"),
    path("institutions/<int:institution_id>/", overview.institution_file, name="institution_file"),
    path(
        "institutions/<int:institution_id>/findings/add/",
        findings.institution_finding_add,
        name="institution_finding_add",
    ),
    path("institutions/<int:institution_id>/visits/add/", visits.institution_visit_add, name="institution_visit_add"),
    path("findings/<int:finding_id>/", findings.finding_detail, name="finding_detail"),
    path("findings/<int:finding_id>/<str:step>/", findings.finding_step, name="finding_step"),
    path("evidence/<int:evidence_id>/", evidence.evidence, name="evidence"),
    path("report/", complaints_public.report_index, name="report_index"),
    path("report/follow/", complaints_public.report_follow, name="report_follow"),
    path("report/follow/rate/", complaints_public.report_rate, name="report_rate"),
    path("report/<unit_code:code>/", complaints_public.report, name="report"),
    path("complaints/", complaints.complaint_list, name="complaint_list"),
    path("complaints/add/", complaints.complaint_add, name="complaint_add"),
    path("complaints/pictures/<int:picture_id>/", complaints.complaint_picture, name="complaint_picture"),
    path("complaints/<int:complaint_id>/", complaints.complaint_detail, name="complaint_detail"),
    path("complaints/<int:complaint_id>/identity/", complaints.complaint_identity, name="complaint_identity"),
    path("complaints/<int:complaint_id>/target/", complaints.complaint_target, name="complaint_target"),
    path("complaints/<int:complaint_id>/finding/", complaints.complaint_finding, name="complaint_finding"),
    path("complaints/<int:complaint_id>/repeat/", complaints.complaint_link, name="complaint_link"),
    path("complaints/<int:complaint_id>/<str:step>/", complaints.complaint_step, name="complaint_step"),
    path("letters/", letters.letter_list, name="letter_list"),
    path("units/<unit_code:code>/letters/write/", letters.letter_write, name="letter_write"),
    path("letters/<int:letter_id>/", letters.letter_detail, name="letter_detail"),
    path("letters/<int:letter_id>.pdf", letters.letter_pdf, name="letter_pdf"),
    path("letters/<int:letter_id>/edit/", letters.letter_edit, name="letter_edit"),
    path("letters/<int:letter_id>/issue/", letters.letter_issue, name="letter_issue"),
    path("letters/<int:letter_id>/discard/", letters.letter_discard, name="letter_discard"),
    path("letters/<int:letter_id>/read/", letters.letter_read, name="letter_read"),
    path("visits/", visits.visit_list, name="visit_list"),
    path("schools/<unit_code:code>/visits/add/", visits.visit_add, name="visit_add"),
    path("visits/<int:visit_id>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:visit_id>/edit/", visits.visit_edit, name="visit_edit"),
]
