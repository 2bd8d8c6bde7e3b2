"""import_returns: returns of schools, counties or the city, told by the header; CSV or workbook."""

from paper.list_command import ListCommand
from reports.returns import imports
from schools.models import OrgUnit


class Command(ListCommand):
    help = "导入上报（按表头认学校、县、市），进来就是“接收”。有一行不对就一行也不导入。"

    def bring_in(self, content: bytes) -> str:
        brought = imports.bring_in(content)
        return f"已导入{brought.count}份{OrgUnit.Level(brought.level).label}上报（接收）。"
