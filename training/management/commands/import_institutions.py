"""import_institutions: the register and its baseline from one list, CSV or workbook."""

from paper.list_command import ListCommand
from training.services import institution_list


class Command(ListCommand):
    help = "导入培训机构名单，锁定各县基数：14列见用户手册，另可有状态日期。有一行不对就一行也不导入。"

    def bring_in(self, content: bytes) -> str:
        return f"已导入{institution_list.bring_in(content)}家机构，纳入基数的已锁定。"
