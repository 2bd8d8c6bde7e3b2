"""Addresses below /service/."""

from django.urls import path

from afterschool.views import bodies, filing, plans

app_name = "afterschool"

urlpatterns = [
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/<int:plan_id>/submit/", filing.plan_submit, name="plan_submit"),
    path("plans/<int:plan_id>/return/", filing.plan_return, name="plan_return"),
    path("plans/<int:plan_id>/file/", filing.plan_file, name="plan_file"),
    path("schools/<str:code>/plan/", plans.plan_detail, name="plan_detail"),
    path("schools/<str:code>/plan/write/", plans.plan_write, name="plan_write"),
    path("schools/<str:code>/plan/compare/", plans.plan_compare, name="plan_compare"),
    path("schools/<str:code>/plan/<int:version>.pdf", plans.plan_pdf, name="plan_pdf"),
    path("bodies/", bodies.body_list, name="body_list"),
    path("bodies/add/", bodies.body_add, name="body_add"),
    path("bodies/<int:body_id>/end/", bodies.body_end, name="body_end"),
]
