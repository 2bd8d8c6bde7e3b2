"""A school's group robot: set, tried, removed; each message is sent once, or it is said why not."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import jobs
from accounts.models import AuditEntry, Job
from schools import tasks
from schools.models import Webhook
from schools.services import webhooks as services
from schools.services.webhooks import Message
from tests import factories as make
from tests.accounts.robot import OK, Robot, listening

pytestmark = pytest.mark.django_db
SECRET = "693a91f6-aaaa-bbbb-cccc-0ec2f5fa1234"
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}"


@pytest.fixture
def robot(settings, world) -> Iterator[Robot]:
    """The school's robot: a server on this machine."""
    with listening() as robot:
        settings.WEBHOOK_PLAIN_HTTP_PLACES = (robot.place,)
        services.set_webhook(by=make.UserFactory(), unit=world.school.unit, kind="wecom", url=robot.wecom)
        yield robot


@pytest.fixture
def page(world):
    return reverse("schools:webhook", args=[world.school.pk])


def text(response):
    return response.content.decode()


def ask(world) -> Job:
    return services.send_test(by=world.people["academic_office"], unit=world.school.unit)


def run(job: Job) -> Job:
    """As a worker would."""
    tasks.send_webhook(job.pk)
    job.refresh_from_db()
    return job


def again(job: Job) -> Job:
    """As the sweep has it sent again after a silence."""
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(state=Job.State.QUEUED)
    return run(job)


def test_the_address_is_set_and_never_shown_again(signed_in, world, page):
    client = signed_in("academic_office")
    assert client.post(page, {"kind": "wecom", "url": WECOM}).url == page
    shown = text(client.get(page))
    assert "https://qyapi.weixin.qq.com/…1234" in shown
    assert "发送测试消息" in shown
    assert SECRET not in shown
    assert SECRET not in str(list(AuditEntry.objects.values()))


def test_a_new_address_takes_the_place_of_the_old(signed_in, world, page):
    client = signed_in("academic_office")
    client.post(page, {"kind": "wecom", "url": WECOM})
    url = "https://oapi.dingtalk.com/robot/send?access_token=abcd"
    client.post(page, {"kind": "dingtalk", "url": url})
    assert [(row.kind, row.url) for row in Webhook.objects.all()] == [("dingtalk", url)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "wecom", "url": "https://10.0.0.1/cgi-bin/webhook/send?key=k"}, "请粘贴群机器人的完整地址"),
        ({"kind": "dingtalk", "url": WECOM}, "这不是钉钉群机器人的地址"),
        ({"kind": "wecom", "url": ""}, "请粘贴机器人地址。"),
        ({"kind": "telegram", "url": WECOM}, "请选择类型。"),
        ({"kind": "wecom", "url": WECOM + "\0"}, "不允许是用空字符串"),
        ({"kind": "wecom", "url": WECOM + "x" * 300}, "地址太长，请重新复制"),
        ({}, "请选择类型。"),
    ],
)
def test_what_is_no_robots_address_is_refused_in_words(signed_in, page, data, words):
    refused = signed_in("academic_office").post(page, data)
    assert refused.status_code == 422
    assert words in text(refused)
    assert not Webhook.objects.exists()


def test_it_is_removed(signed_in, world, page, robot):
    signed_in("academic_office").post(reverse("schools:webhook_remove", args=[world.school.pk]))
    assert not Webhook.objects.exists()
    assert AuditEntry.objects.filter(action="webhook.remove").count() == 1


def test_without_a_robot_nothing_is_tried(signed_in, world, page):
    client = signed_in("academic_office")
    said = client.post(reverse("schools:webhook_test", args=[world.school.pk]), follow=True)
    assert "还没有设置群机器人" in text(said)
    assert not Job.objects.exists()


def test_a_test_message_arrives_and_the_page_says_so(signed_in, world, page, robot):
    client = signed_in("academic_office")
    client.post(reverse("schools:webhook_test", args=[world.school.pk]))
    assert "hx-trigger" in text(client.get(page))
    assert run(Job.objects.get()).state == "done"
    assert robot.texts == ["【作业公示】这是测试消息：东县实验小学到了公示截止时间还没公示齐全的班，会在这里提醒。"]
    shown = text(client.get(page))
    assert "已送达" in shown and "hx-trigger" not in shown


def test_pressed_twice_it_is_sent_once(world, robot):
    first, second = ask(world), ask(world)
    assert first == second
    run(first)
    run(first)
    assert len(robot.received) == 1


def test_the_robots_error_is_kept_and_shown(signed_in, world, page, robot):
    robot.answers = [(200, b'{"errcode":93000,"errmsg":"invalid webhook url"}')]
    job = run(ask(world))
    assert (job.state, job.note[:13]) == ("failed", "机器人返回错误93000：")
    assert "地址无效，或机器人已被移出群" in text(signed_in("academic_office").get(page))


def test_a_servers_error_is_tried_again_until_it_succeeds_and_not_after(world, robot):
    robot.answers = [(500, b""), (502, b""), OK]
    job = run(ask(world))
    assert (job.state, job.note) == ("running", "机器人的服务器出错（HTTP 500）")
    again(job)
    assert (again(job).state, job.note) == ("done", "已送达")
    again(job)
    assert len(robot.received) == 3


def test_after_five_tries_it_is_given_up_in_words(world, robot):
    robot.answers = [(503, b"")]
    job = run(ask(world))
    for _ in range(6):
        again(job)
    assert (job.state, job.note) == ("failed", "机器人的服务器出错（HTTP 503），试了5次，不再重试。")
    assert len(robot.received) == jobs.MOST_TRIES


def test_a_message_cut_off_on_its_way_is_not_sent_again(world, robot):
    job = ask(world)
    Job.objects.filter(pk=job.pk).update(note="正在发送", state=Job.State.RUNNING)
    assert again(job).state == "failed"
    assert "可能已送到" in job.note
    assert robot.received == []


def test_a_robot_that_was_removed_meanwhile_gets_nothing(world, robot):
    job = ask(world)
    services.remove_webhook(by=world.people["academic_office"], unit=world.school.unit)
    assert (run(job).state, job.note) == ("failed", "群机器人已移除，没有发送。")
    assert robot.received == []


def test_those_called_upon_are_named_by_phone_only_to_the_robot(world, robot):
    head = world.people["head_teacher"]
    services.queue_messages([Message(world.school.pk, "2026-10-14", "三年级2班", (head.pk,))])
    job = Job.objects.get()
    assert head.phone not in str(job.arguments)
    run(job)
    assert b'"mentioned_mobile_list":["13700000002"]' in robot.received[0][2]


def test_messages_go_to_units_with_a_robot_in_the_same_queries_for_many(world, robot):
    others = [make.SchoolFactory(parent=world.county) for _ in range(20)]
    with CaptureQueriesContext(connection) as for_one:
        services.queue_messages([Message(world.school.pk, "a", "x")])
    for school in others:
        services.set_webhook(by=make.UserFactory(), unit=school.unit, kind="wecom", url=WECOM)
    with CaptureQueriesContext(connection) as for_many:
        services.queue_messages(
            Message(pk, "b", "x") for pk in (world.school.pk, world.other_school.pk, *(one.pk for one in others))
        )
    assert len(for_many) == len(for_one)
    assert Job.objects.filter(key__endswith=":b").count() == 21
