"""The demo behind `make demo`, which starts a worker beside it."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.city import demo

# Kept so that the second run prints the same; for this machine's demo alone.
PASSWORD_FILE = "demo-password"  # noqa: S105


class Command(BaseCommand):
    help = "演示：造一座虚构城市，由后台任务汇总并生成县、市报告。要有任务进程在运行：make demo。"

    def handle(self, **options: object) -> None:
        tell = self.stdout.write
        tell("第1步 共4步：演示城市")
        demo.load(timezone.localdate(), tell)
        tell("第2步 共4步：汇总（后台任务）")
        try:
            demo.roll_up(tell)
            tell("第3步 共4步：县、市报告（后台任务）")
            printed = list(demo.make_reports(settings.VAR_DIR / "reports", tell))
        except RuntimeError as error:
            raise CommandError(f"后台任务失败：{error}") from error
        tell("第4步 共4步：登录账号")
        password = demo_password(settings.VAR_DIR)
        sign_ins = demo.sign_ins(password)
        tell("\n报告（PDF）：")
        for one in printed:
            took = f"，{one.seconds:.1f}秒" if one.seconds else "，已有"
            tell(f"  {os.path.relpath(one.path)}（{one.pages}页{took}）")
        tell(f"\n登录账号（密码都是 {password}）：")
        for person in sign_ins:
            school = f"学校代码 {person.school_code}，工号 " if person.school_code else "手机号 "
            tell(f"  {person.role}：{person.name}，{school}{person.account}")
        tell("\n打开网页：make run，然后访问 http://127.0.0.1:8000/")


def demo_password(folder: Path) -> str:
    path = folder / PASSWORD_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"demo-{secrets.token_urlsafe(6)}", encoding="ascii")
    return path.read_text(encoding="ascii")
