"""Addresses below /reports/."""

from django.urls import path

from reports.views import burden, collection, indicators, insight, issuing, maps, national, reports, returns, service

app_name = "reports"

urlpatterns = [
    path("", reports.report_list, name="report_list"),
    path("zip/<str:period>/", reports.report_zip, name="report_zip"),
    path("make/<str:period>/", reports.report_make_all, name="report_make_all"),
    path("indicators/", indicators.indicator_list, name="indicator_list"),
    path("insight/", insight.insight_start, name="insight"),
    path("insight/<slug:code>/", insight.insight_unit, name="insight_unit"),
    path("insight/<slug:code>/map/", maps.insight_map, name="insight_map"),
    path("insight/<slug:code>/data/<slug:name>/", maps.insight_data, name="insight_data"),
    path("insight/<slug:code>/balance/", insight.insight_balance, name="insight_balance"),
    path("insight/<slug:code>/trend/", insight.insight_trend, name="insight_trend"),
    path("insight/<slug:code>/notices/", insight.insight_notices, name="insight_notices"),
    path("insight/<slug:code>/signs/", insight.insight_signs, name="insight_signs"),
    path("service/", service.service_start, name="service"),
    path("service/schools/<slug:code>/", service.service_school, name="service_school"),
    path("service/areas/<slug:code>/", service.service_area, name="service_area"),
    path("returns/", returns.returns, name="returns"),
    path("returns/<slug:code>/<str:period>/", returns.return_detail, name="return_detail"),
    path("returns/<slug:code>/<str:period>/collection/", collection.return_collection, name="return_collection"),
    path("returns/<slug:code>/<str:period>/compare/", collection.return_compare, name="return_compare"),
    path("returns/<slug:code>/<str:period>/remind/", collection.return_remind, name="return_remind"),
    path("returns/<slug:code>/<str:period>/accept-all/", collection.return_accept, name="return_accept"),
    path("returns/<slug:code>/<str:period>/<str:step>/", returns.return_step, name="return_step"),
    path("burden/", burden.burden_start, name="burden"),
    path("burden/asked/", burden.burden_asked, name="burden_asked"),
    path("burden/add/", burden.burden_add, name="burden_add"),
    path("burden/units/<slug:code>/", burden.burden_unit, name="burden_unit"),
    path("burden/schools/<slug:code>/", burden.burden_sharing, name="burden_sharing"),
    path("form/<slug:code>/<str:period>/", national.national_form, name="national_form"),
    path("form/<slug:code>/<str:period>/<str:format>/", national.national_file, name="national_file"),
    path("verify/", issuing.verify_start, name="verify_start"),
    path("verify/<str:code>/", issuing.verify, name="verify"),
    path("<slug:code>/<str:period>/", reports.report_detail, name="report_detail"),
    path("<slug:code>/<str:period>/make/", reports.report_make, name="report_make"),
    path("<slug:code>/<str:period>/steps/<str:step>/", issuing.report_step, name="report_step"),
    path("<slug:code>/<str:period>/<int:version>/<str:format>/", reports.report_download, name="report_download"),
]
