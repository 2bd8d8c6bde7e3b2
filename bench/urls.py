"""The product's addresses, and those of the bare views."""

from django.urls import include, path

from bench import bare

urlpatterns = [
    path("bare/post/<int:notice_id>/", bare.post),
    path("bare/page/", bare.page),
    path("", include("shuangjian.urls")),
]
