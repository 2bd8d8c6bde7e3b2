"""Addresses below /schools/."""

from django.urls import URLPattern, path

from schools.views import activation, calendar, classes, imports, new_year, pages, people, postings, webhooks

app_name = "schools"

urlpatterns: list[URLPattern] = [
    path("", pages.school_list, name="school_list"),
    path("<int:school_id>/", pages.school_detail, name="school_detail"),
    path("<int:school_id>/webhook/", webhooks.webhook, name="webhook"),
    path("<int:school_id>/webhook/test/", webhooks.webhook_test, name="webhook_test"),
    path("<int:school_id>/webhook/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path("<int:school_id>/classes/open/", classes.class_open, name="class_open"),
    path("classes/<int:class_id>/", classes.class_detail, name="class_detail"),
    path("classes/<int:class_id>/<slug:change>/", classes.class_change, name="class_change"),
    path("teachings/<int:teaching_id>/end/", classes.teaching_end, name="teaching_end"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/term/", calendar.term_set, name="term_set"),
    path("calendar/day/", calendar.day_change, name="day_change"),
    path("calendar/day/<int:change_id>/back/", calendar.day_change_back, name="day_change_back"),
    path("calendar/off-work/", calendar.off_work_set, name="off_work_set"),
    path("new-year/", new_year.new_year, name="new_year"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/template/", imports.import_template, name="import_template"),
    path("imports/upload/", imports.import_upload, name="import_upload"),
    path("imports/<int:batch_id>/", imports.import_detail, name="import_detail"),
    path("imports/<int:batch_id>/errors/", imports.import_errors, name="import_errors"),
    path("imports/<int:batch_id>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<int:batch_id>/undo/", imports.import_undo, name="import_undo"),
    path("people/", people.people, name="people"),
    path("people/add/", people.people_add, name="people_add"),
    path("people/<int:user_id>/", people.people_detail, name="people_detail"),
    path("people/<int:user_id>/correct/", people.people_correct, name="people_correct"),
    path("people/<int:user_id>/appoint/", postings.people_appoint, name="people_appoint"),
    path("people/<int:user_id>/postings/<int:posting_id>/end/", postings.posting_end, name="posting_end"),
    path("people/<int:user_id>/postings/<int:posting_id>/duties/", postings.posting_duties, name="posting_duties"),
    path("people/<int:user_id>/posts/<int:staff_id>/end/", postings.staff_dismiss, name="staff_dismiss"),
    path("people/<int:user_id>/code/", activation.people_code, name="people_code"),
    path("people/<int:user_id>/unlock/", activation.people_unlock, name="people_unlock"),
    path("people/<int:user_id>/shut-out/", activation.people_shut_out, name="people_shut_out"),
    path("people/<int:user_id>/reopen/", activation.people_reopen, name="people_reopen"),
    path("<int:school_id>/activation-slips/", activation.activation_slips, name="activation_slips"),
]
