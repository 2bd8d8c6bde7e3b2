"""Addresses below /homework/. Those below board/ are public."""

from django.urls import path

from homework.views import (
    board,
    corrections,
    limits,
    minutes,
    notices,
    overview,
    reviews,
    saved_items,
    today,
    vacations,
)

app_name = "homework"

urlpatterns = [
    path("", today.today, name="today"),
    path("classes/<int:class_id>/items/add/", today.item_add, name="item_add"),
    path("classes/<int:class_id>/days/<str:day>/", notices.notice_detail, name="notice_detail"),
    path("minutes/", minutes.minutes, name="minutes"),
    path("items/<int:item_id>/withdraw/", corrections.item_withdraw, name="item_withdraw"),
    path("items/<int:item_id>/correct/", corrections.item_correct, name="item_correct"),
    path("items/<int:item_id>/save/", saved_items.saved_item_add, name="saved_item_add"),
    path("saved/", saved_items.saved_item_list, name="saved_item_list"),
    path("saved/<int:saved_id>/", saved_items.saved_item_edit, name="saved_item_edit"),
    path("saved/<int:saved_id>/delete/", saved_items.saved_item_delete, name="saved_item_delete"),
    path("classes/<int:class_id>/no-homework/", today.no_homework_declare, name="no_homework_declare"),
    path("classes/<int:class_id>/no-homework/withdraw/", today.no_homework_withdraw, name="no_homework_withdraw"),
    path("classes/<int:class_id>/close/", today.day_close, name="day_close"),
    path("classes/<int:class_id>/reopen/", today.day_reopen, name="day_reopen"),
    path("reviews/", reviews.review_list, name="review_list"),
    path("reviews/<int:notice_id>/", reviews.review_decide, name="review_decide"),
    path("reviews/release/", reviews.notice_release, name="notice_release"),
    path("overview/", overview.overview, name="overview"),
    path("overview/<slug:code>/", overview.school_overview, name="school_overview"),
    path("limits/", limits.limit_list, name="limit_list"),
    path("limits/add/", limits.limit_add, name="limit_add"),
    path("limits/<int:limit_id>/end/", limits.limit_end, name="limit_end"),
    path("limits/cut-off/", limits.cut_off_set, name="cut_off_set"),
    path("vacations/", vacations.vacation_list, name="vacation_list"),
    path("vacations/classes/<int:class_id>/add/", vacations.vacation_item_add, name="vacation_item_add"),
    path("vacations/classes/<int:class_id>/poster/", vacations.vacation_poster, name="vacation_poster"),
    path("vacations/items/<int:item_id>/withdraw/", vacations.vacation_item_withdraw, name="vacation_item_withdraw"),
    path("vacations/schools/<slug:code>/", vacations.vacation_overview, name="vacation_overview"),
    path("vacations/schools/<slug:code>/end/", vacations.vacation_end_set, name="vacation_end_set"),
    path("board/", board.board_index, name="board_index"),
    path("board/c/<slug:key>/", board.board_class, name="board_class"),
    path("board/c/<slug:key>/week/", board.board_class_week, name="board_class_week"),
    path("board/c/<slug:key>/changes/", board.board_class_changes, name="board_class_changes"),
    path("board/<slug:code>/", board.board, name="board"),
    path("board/<slug:code>/week/", board.board_week, name="board_week"),
    path("board/<slug:code>/changes/", board.board_changes, name="board_changes"),
]
