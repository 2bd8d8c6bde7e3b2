"""Addresses below /reports/."""

from django.urls import path

from reports.views import reports

app_name = "reports"

urlpatterns = [
    path("", reports.report_list, name="report_list"),
    path("zip/<str:period>/", reports.report_zip, name="report_zip"),
    path("<slug:code>/<str:period>/", reports.report_detail, name="report_detail"),
    path("<slug:code>/<str:period>/make/", reports.report_make, name="report_make"),
    path("<slug:code>/<str:period>/<int:version>/<str:format>/", reports.report_download, name="report_download"),
]
