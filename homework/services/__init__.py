"""What is done to homework. Callers at the edge have checked that `by` may."""

from homework.rules import days_off_after
from homework.services.corrections import correct_item, withdraw_item
from homework.services.limits import add_local_limit, end_local_limit, set_cut_off
from homework.services.notices import (
    add_item,
    add_item_to_classes,
    close_day,
    declare_no_homework,
    reopen_day,
    withdraw_no_homework,
)
from homework.services.reviews import let_pass, send_back
from homework.services.saved_items import change_saved_item, delete_saved_item, save_item

__all__ = [
    "add_item",
    "add_item_to_classes",
    "add_local_limit",
    "change_saved_item",
    "close_day",
    "correct_item",
    "days_off_after",
    "declare_no_homework",
    "delete_saved_item",
    "end_local_limit",
    "let_pass",
    "reopen_day",
    "save_item",
    "send_back",
    "set_cut_off",
    "withdraw_item",
    "withdraw_no_homework",
]
