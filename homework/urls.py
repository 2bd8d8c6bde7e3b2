"""Addresses below /homework/. Those below board/ are public."""

from django.urls import path

from homework.views import board, limits, overview, reviews, today

app_name = "homework"

urlpatterns = [
    path("", today.today, name="today"),
    path("classes/<int:class_id>/items/add/", today.item_add, name="item_add"),
    path("items/<int:item_id>/withdraw/", today.item_withdraw, name="item_withdraw"),
    path("classes/<int:class_id>/no-homework/", today.no_homework_declare, name="no_homework_declare"),
    path("classes/<int:class_id>/no-homework/withdraw/", today.no_homework_withdraw, name="no_homework_withdraw"),
    path("classes/<int:class_id>/close/", today.day_close, name="day_close"),
    path("classes/<int:class_id>/reopen/", today.day_reopen, name="day_reopen"),
    path("reviews/", reviews.review_list, name="review_list"),
    path("reviews/pass/", reviews.review_pass, name="review_pass"),
    path("reviews/<int:notice_id>/return/", reviews.review_return, name="review_return"),
    path("reviews/incomplete/", reviews.incomplete_list, name="incomplete_list"),
    path("overview/", overview.overview, name="overview"),
    path("overview/<slug:code>/", overview.school_overview, name="school_overview"),
    path("limits/", limits.limit_list, name="limit_list"),
    path("limits/add/", limits.limit_add, name="limit_add"),
    path("limits/<int:limit_id>/end/", limits.limit_end, name="limit_end"),
    path("limits/cut-off/", limits.cut_off_set, name="cut_off_set"),
    path("board/", board.board_index, name="board_index"),
    path("board/<slug:code>/", board.board, name="board"),
    path("board/<slug:code>/<int:class_id>/", board.board_class, name="board_class"),
]
