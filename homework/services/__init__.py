"""What is done to homework. Callers at the edge have checked that `by` may."""

from homework.rules import days_off_after
from homework.services.limits import add_local_limit, end_local_limit, set_cut_off
from homework.services.notices import (
    add_item,
    add_item_to_classes,
    close_day,
    declare_no_homework,
    reopen_day,
    withdraw_item,
    withdraw_no_homework,
)
from homework.services.reviews import let_pass, release_notices, review, send_back

__all__ = [
    "add_item",
    "add_item_to_classes",
    "add_local_limit",
    "close_day",
    "days_off_after",
    "declare_no_homework",
    "end_local_limit",
    "let_pass",
    "release_notices",
    "reopen_day",
    "review",
    "send_back",
    "set_cut_off",
    "withdraw_item",
    "withdraw_no_homework",
]
