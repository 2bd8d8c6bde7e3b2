"""Addresses below /service/."""

from django.urls import path

from afterschool.views import bodies, duties, filing, incidents, plans, records, rolls, sessions, today

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
    path("today/", today.today, name="today"),
    path("sessions/<int:session_id>/roll/", rolls.roll_call, name="roll_call"),
    path("sessions/<int:session_id>/cancel/", sessions.session_cancel, name="session_cancel"),
    path("sessions/<int:session_id>/substitute/", sessions.session_substitute, name="session_substitute"),
    path("groups/<int:group_id>/paper/", records.session_paper, name="session_paper"),
    path("groups/<int:group_id>/record/", records.activity_record, name="activity_record"),
    path("groups/<int:group_id>/record/paper/", records.activity_record_paper, name="activity_record_paper"),
    path("schools/<str:code>/sessions/", sessions.session_list, name="session_list"),
    path("schools/<str:code>/sessions/make/", sessions.session_make, name="session_make"),
    path("schools/<str:code>/sessions/papers/", records.session_papers, name="session_papers"),
    path("schools/<str:code>/sessions/counts/", rolls.session_counts, name="session_counts"),
    path("schools/<str:code>/break/", sessions.day_break, name="day_break"),
    path("schools/<str:code>/break/end/", sessions.day_resume, name="day_resume"),
    path("schools/<str:code>/duties/", duties.duty_list, name="duty_list"),
    path("schools/<str:code>/duties/set/", duties.duty_set, name="duty_set"),
    path("schools/<str:code>/duties/copy/", duties.duty_copy, name="duty_copy"),
    path("duties/<int:duty_id>/remove/", duties.duty_remove, name="duty_remove"),
    path("schools/<str:code>/incidents/", incidents.incident_list, name="incident_list"),
    path("schools/<str:code>/incidents/add/", incidents.incident_add, name="incident_add"),
    path("incidents/<int:incident_id>/", incidents.incident_detail, name="incident_detail"),
    path("incidents/<int:incident_id>/follow-up/", incidents.incident_follow_up, name="incident_follow_up"),
    path("incidents/<int:incident_id>/close/", incidents.incident_close, name="incident_close"),
]
