"""Every address of the product. The first part of a path names the app that serves it."""

from django.urls import include, path, register_converter

from accounts.views import favicon
from homework.views.board import robots
from reports.views.home import home
from schools.addresses import UnitCode

register_converter(UnitCode, "unit_code")

urlpatterns = [
    path("", home, name="home"),
    path("robots.txt", robots, name="robots"),
    path("favicon.ico", favicon, name="favicon"),
    path("accounts/", include("accounts.urls")),
    path("schools/", include("schools.urls")),
    path("homework/", include("homework.urls")),
    path("service/", include("afterschool.urls")),
    path("training/", include("training.urls")),
    path("inspections/", include("inspections.urls")),
    path("reports/", include("reports.urls")),
]
