"""Addresses below /service/."""

from django.urls import URLPattern

app_name = "afterschool"

urlpatterns: list[URLPattern] = []
