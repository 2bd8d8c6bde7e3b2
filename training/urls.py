"""Addresses below /training/. Those below lists/ are public."""

from django.urls import path

from training.views import baselines, courses, imports, money, public, register, standards, warning, wrongdoing

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
    path("<int:institution_id>/money/", money.money, name="money"),
    path("<int:institution_id>/accounts/add/", money.account_open, name="account_open"),
    path("accounts/<int:account_id>/minimum/", money.account_minimum, name="account_minimum"),
    path("accounts/<int:account_id>/close/", money.account_close, name="account_close"),
    path("accounts/<int:account_id>/statements/add/", money.statement_add, name="statement_add"),
    path("statements/<int:statement_id>/", money.statement_detail, name="statement_detail"),
    path("statements/<int:statement_id>/take-back/", money.statement_take_back, name="statement_take_back"),
    path("<int:institution_id>/contracts/add/", money.contract_add, name="contract_add"),
    path("<int:institution_id>/courses/", courses.courses, name="courses"),
    path("<int:institution_id>/courses/add/", courses.course_add, name="course_add"),
    path("courses/<int:course_id>/remove/", courses.course_remove, name="course_remove"),
    path("<int:institution_id>/employees/add/", courses.employee_add, name="employee_add"),
    path("employees/<int:employee_id>/end/", courses.employee_end, name="employee_end"),
    path("lists/", public.public_index, name="public_index"),
    path("lists/<unit_code:code>/", public.public_list, name="public_list"),
    path("lists/<unit_code:code>/csv/", public.public_csv, name="public_csv"),
    path("standards/", standards.standards, name="standards"),
    path("standards/prices/add/", standards.guide_price_add, name="guide_price_add"),
    path("standards/thresholds/add/", standards.threshold_add, name="threshold_add"),
    path("violations/", wrongdoing.violation_list, name="violation_list"),
    path("violations/add/", wrongdoing.violation_add, name="violation_add"),
    path("violations/<int:violation_id>/", wrongdoing.violation_detail, name="violation_detail"),
    path("violations/<int:violation_id>/decide/", wrongdoing.violation_decide, name="violation_decide"),
    path("violations/<int:violation_id>/publish/", wrongdoing.violation_publish, name="violation_publish"),
    path("risks/", warning.risk_list, name="risk_list"),
    path("<int:institution_id>/risk/", warning.institution_risk, name="institution_risk"),
    path("<int:institution_id>/signals/add/", warning.signal_note, name="signal_note"),
    path("signals/<int:signal_id>/decide/", warning.signal_decide, name="signal_decide"),
    path("signals/<int:signal_id>/end/", warning.signal_end, name="signal_end"),
]
