from accounts.models import Notification
from tests.access import Page, expect
from tests.world import World


def a_line(world: World) -> dict[str, int]:
    """Of the head teacher's."""
    line = Notification.objects.create(user=world.people["head_teacher"], key="k", text="请看一看")
    return {"notification_id": line.pk}


PAGES = {
    "favicon": Page(lambda world: {}, expect(302, anonymous=302)),
    "accounts:sign_in": Page(lambda world: {}, expect(302, anonymous=200)),
    "accounts:sign_out": Page(lambda world: {}, expect(302), method="post"),
    "accounts:activate": Page(lambda world: {}, expect(200, anonymous=200)),
    "accounts:change_password": Page(lambda world: {}, expect(200)),
    "accounts:notification_list": Page(lambda world: {}, expect(200)),
    "accounts:notifications_read": Page(lambda world: {}, expect(302), method="post"),
    "accounts:notification_open": Page(a_line, expect(404, head_teacher=302), method="post"),
}
