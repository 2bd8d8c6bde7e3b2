"""Text messages to group robots of WeCom (企业微信) and DingTalk (钉钉): how they are written, checked and sent.

Knows no schools. It reaches only the hosts that settings name, by HTTPS, follows no redirect and waits a few seconds:
an address that somebody types in must not lead our server to any other place.
"""

import http.client
import json
import ssl
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

TIMEOUT_SECONDS = 5
LONGEST_ANSWER = 4096  # bytes; theirs have about a hundred


class Kind(StrEnum):
    WECOM = "wecom"
    DINGTALK = "dingtalk"


# Where each kind listens, and the parameter that holds the robot's secret.
PLACES = {Kind.WECOM: ("/cgi-bin/webhook/send", "key"), Kind.DINGTALK: ("/robot/send", "access_token")}
NAMES = {Kind.WECOM: "企业微信", Kind.DINGTALK: "钉钉"}

# Their error codes that a school can do something about.
ADVICE = {
    (Kind.WECOM, 93000): "地址无效，或机器人已被移出群。请重新复制地址。",
    (Kind.WECOM, 45009): "发得太频繁，请过一分钟再试。",
    (Kind.DINGTALK, 300001): "地址无效，或机器人已被移出群。请重新复制地址。",
    (Kind.DINGTALK, 310000): "机器人的安全设置没有通过。请在安全设置里选“自定义关键词”，填“作业公示”。",
    (Kind.DINGTALK, 130101): "发得太频繁，请过一分钟再试。",
}


class SendError(Exception):
    """The message was not accepted, or nobody can tell. Sending it again is of no use, or might double it."""


class NotReachedError(Exception):
    """The robot was not reached, or could not take the message just then: send it again later."""


def body(kind: str, text: str, phones: Sequence[str]) -> bytes:
    """What is posted: a text message that calls on the owners of these phones in the group."""
    if kind == Kind.WECOM:
        message: dict[str, object] = {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": [*phones]}}
    else:
        at = {"atMobiles": [*phones], "isAtAll": False}
        message = {"msgtype": "text", "text": {"content": text}, "at": at}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def check_address(kind: str, url: str) -> None:
    """Raise ValidationError unless `url` is a robot's of this kind, on a host that settings allow."""
    _checked(kind, url)


def masked(url: str) -> str:
    """Enough to know it again, not enough to use it."""
    return f"https://{urlsplit(url).hostname}/…{url[-4:]}"


def send(kind: str, url: str, text: str, phones: Sequence[str]) -> None:
    """Post one message. Raises NotReachedError where it may be sent again without doubling it, else SendError."""
    try:
        parts = _checked(kind, url)
    except ValidationError as error:
        raise SendError("".join(error.messages)) from None
    connection = _connection(parts)
    try:
        _connect(connection)
        status, answer = _exchange(connection, f"{parts.path}?{parts.query}", body(kind, text, phones))
    finally:
        connection.close()
    _judge(Kind(kind), status, answer)


def _checked(kind: str, url: str) -> SplitResult:
    name = NAMES[Kind(kind)]
    path, secret = PLACES[Kind(kind)]
    try:
        parts = urlsplit(url)
        is_plain_test = parts.scheme == "http" and parts.netloc in settings.WEBHOOK_PLAIN_HTTP_PLACES
        is_allowed = parts.scheme == "https" and parts.netloc in settings.WEBHOOK_HOSTS
    except ValueError:
        is_allowed = is_plain_test = False
    if not (is_allowed or is_plain_test):
        raise ValidationError(
            f"请粘贴群机器人的完整地址，以 https:// 开头，主机是 {'、'.join(settings.WEBHOOK_HOSTS)} 之一。"
        )
    if parts.path != path or not parse_qs(parts.query).get(secret):
        raise ValidationError(f"这不是{name}群机器人的地址：应含有 {path}?{secret}= 。请核对类型和地址。")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValidationError("地址里有多余的字符，请重新复制。")
    return parts


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT_SECONDS, context=context)
    return http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except OSError as error:
        raise NotReachedError("连不上机器人的服务器") from error


def _exchange(connection: http.client.HTTPConnection, target: str, content: bytes) -> tuple[int, bytes]:
    """Status and answer. Once the message is on its way, silence does not say whether it arrived."""
    try:
        connection.request("POST", target, content, {"Content-Type": "application/json; charset=utf-8"})
        response = connection.getresponse()
        return response.status, response.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise SendError("机器人没有按时应答，消息可能已送到，不再重发。") from error


def _judge(kind: Kind, status: int, answer: bytes) -> None:
    if status >= 500:
        raise NotReachedError(f"机器人的服务器出错（HTTP {status}）")
    if status != 200:
        raise SendError(f"机器人没有接受消息（HTTP {status}）。")
    try:
        said = json.loads(answer)
        code, words = int(said["errcode"]), str(said.get("errmsg", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SendError("机器人的回答看不懂，请核对地址。") from None
    if code:
        raise SendError(f"机器人返回错误{code}：{ADVICE.get((kind, code)) or words[:100]}")
