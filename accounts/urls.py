"""Addresses below /accounts/."""

from django.urls import URLPattern, path

from accounts import views

app_name = "accounts"

urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("activate/", views.activate, name="activate"),
    path("password/", views.change_password, name="change_password"),
    path("messages/", views.notification_list, name="notification_list"),
    path("messages/read/", views.notifications_read, name="notifications_read"),
    path("messages/<int:notification_id>/open/", views.notification_open, name="notification_open"),
]
