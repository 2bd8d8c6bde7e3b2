"""import_units: a city's counties and schools from one list, CSV or workbook."""

from paper.list_command import ListCommand
from schools.imports import unit_list


class Command(ListCommand):
    help = "导入市、县、学校名单：级别,代码,名称,上级代码（级别：市|县|学校）。CSV或Excel，有一行不对就一行也不导入。"

    def bring_in(self, content: bytes) -> str:
        return f"已导入{unit_list.bring_in(content)}个单位。"
