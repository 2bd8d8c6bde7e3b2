"""Messages to group robots: in their formats, to their hosts only. The receiver is a server on this machine."""

import socket
from collections.abc import Iterator

import pytest
from django.conf import settings as product_settings
from django.core.exceptions import ValidationError

from accounts import webhooks
from accounts.webhooks import NotReachedError, SendError
from tests.accounts.robot import OK, Robot, listening

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec"


@pytest.fixture
def robot(settings) -> Iterator[Robot]:
    """The one place that plain HTTP is allowed to."""
    with listening() as robot:
        settings.WEBHOOK_PLAIN_HTTP_PLACES = (robot.place,)
        yield robot


def test_wecom_gets_its_text_format_byte_for_byte(robot):
    webhooks.send("wecom", robot.wecom, "三年级2班“语文”", ["13700000001", "13700000002"])
    assert robot.received == [
        (
            "/cgi-bin/webhook/send?key=secret-1234",
            "application/json; charset=utf-8",
            '{"msgtype":"text","text":{"content":"三年级2班“语文”",'
            '"mentioned_mobile_list":["13700000001","13700000002"]}}'.encode(),
        )
    ]


def test_dingtalk_gets_its_text_format_byte_for_byte(robot):
    webhooks.send("dingtalk", robot.dingtalk, "三年级2班", ["13700000001"])
    assert robot.received == [
        (
            "/robot/send?access_token=secret-1234",
            "application/json; charset=utf-8",
            '{"msgtype":"text","text":{"content":"三年级2班"},'
            '"at":{"atMobiles":["13700000001"],"isAtAll":false}}'.encode(),
        )
    ]


def test_the_robots_own_error_is_told_with_advice(robot):
    robot.answers = [(200, b'{"errcode":310000,"errmsg":"keywords not in content"}')]
    with pytest.raises(SendError, match="错误310000：机器人的安全设置没有通过"):
        webhooks.send("dingtalk", robot.dingtalk, "x", [])
    robot.answers = [(200, b'{"errcode":40058,"errmsg":"invalid request"}')]
    with pytest.raises(SendError, match="错误40058：invalid request"):
        webhooks.send("wecom", robot.wecom, "x", [])


def test_a_servers_error_may_be_tried_again(robot):
    robot.answers = [(500, b""), OK]
    with pytest.raises(NotReachedError, match="HTTP 500"):
        webhooks.send("wecom", robot.wecom, "x", [])
    webhooks.send("wecom", robot.wecom, "x", [])
    assert len(robot.received) == 2


def test_where_nobody_listens_it_may_be_tried_again(settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    settings.WEBHOOK_PLAIN_HTTP_PLACES = (place,)
    with pytest.raises(NotReachedError, match="连不上"):
        webhooks.send("wecom", f"http://{place}/cgi-bin/webhook/send?key=k", "x", [])


def test_silence_after_sending_is_not_tried_again(robot, monkeypatch):
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.2)
    robot.answers = [1.0]
    with pytest.raises(SendError, match="可能已送到"):
        webhooks.send("wecom", robot.wecom, "x", [])
    assert len(robot.received) == 1


def test_it_waits_five_seconds():
    assert webhooks.TIMEOUT_SECONDS == 5


def test_a_redirect_is_not_followed(robot):
    robot.answers = [(302, b"")]
    with pytest.raises(SendError, match="HTTP 302"):
        webhooks.send("wecom", robot.wecom, "x", [])
    assert [target for target, _, _ in robot.received] == ["/cgi-bin/webhook/send?key=secret-1234"]


@pytest.mark.parametrize("answer", [b"", b"ok", b"[]", b'{"errcode":null}', b'{"errmsg":"ok"}', b"\xff"])
def test_an_answer_that_is_none_of_a_robots_is_no_success(robot, answer):
    robot.answers = [(200, answer)]
    with pytest.raises(SendError, match="看不懂"):
        webhooks.send("wecom", robot.wecom, "x", [])


@pytest.mark.parametrize(("kind", "url"), [("wecom", WECOM), ("dingtalk", DINGTALK)])
def test_real_addresses_are_accepted(kind, url):
    webhooks.check_address(kind, url)


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("dingtalk", WECOM),
        ("wecom", WECOM.replace("https", "http")),
        ("wecom", "http://127.0.0.1:6379/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://127.0.0.1/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://169.254.169.254/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://localhost/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://evil.example\\@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://evil.example@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=k"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/gettoken?key=k"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="),
        ("wecom", WECOM + "\r\nX: y"),
        ("wecom", WECOM + "\0"),
        ("wecom", WECOM + "的"),
        ("wecom", "https://[::1/cgi-bin/webhook/send?key=k"),
        ("wecom", "file:///cgi-bin/webhook/send?key=k"),
        ("wecom", ""),
    ],
)
def test_no_other_place_is_reached(kind, url):
    with pytest.raises(ValidationError):
        webhooks.check_address(kind, url)
    with pytest.raises(SendError):
        webhooks.send(kind, url, "x", [])


def test_the_product_itself_allows_plain_http_nowhere():
    assert product_settings.WEBHOOK_PLAIN_HTTP_PLACES == ()


def test_an_address_is_shown_masked():
    assert webhooks.masked(WECOM) == "https://qyapi.weixin.qq.com/…5aaa"
