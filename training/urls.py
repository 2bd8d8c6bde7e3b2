"""Addresses below /training/."""

from django.urls import path

from training.views import baselines, register

app_name = "training"

urlpatterns = [
    path("", register.register, name="register"),
    path("add/", register.institution_add, name="institution_add"),
    path("<int:institution_id>/", register.institution_detail, name="institution_detail"),
    path("<int:institution_id>/edit/", register.institution_edit, name="institution_edit"),
    path("<int:institution_id>/step/", register.institution_step, name="institution_step"),
    path("<int:institution_id>/take-back/", register.institution_take_back, name="institution_take_back"),
    path("baselines/", baselines.baseline_list, name="baseline_list"),
    path("baselines/<str:code>/", baselines.baseline_freeze, name="baseline_freeze"),
]
