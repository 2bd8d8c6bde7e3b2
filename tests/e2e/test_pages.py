"""Every page somebody may read, on a phone: it fits, it is quiet, it speaks Chinese, and its fields have names."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Request
from playwright.sync_api import Page as BrowserPage

from reports import services
from reports.indicators import CATALOGUE
from reports.indicators.burden import BURDEN
from reports.indicators.returns import RETURNS
from schools.access import MENU
from schools.periods import parse
from tests import factories as make
from tests.access import PERSONS
from tests.e2e.conftest import PHONE, enter, snap
from tests.test_access_matrix import PAGES
from tests.world import World

pytestmark = pytest.mark.slow

# File formats, paper sizes and the address of a group robot are called so in Chinese offices too.
LATIN_WORDS = {"PDF", "Excel", "JSON", "ZIP", "CSV", "xlsx", "A4", "Webhook", "SHA", "MB", "Word", "PPT", "JPG", "PNG"}
# As the page of definitions names figures.
CODES = {one.code.rstrip("ab") for one in (*CATALOGUE, *RETURNS, *BURDEN)}

# Files, and what only programs read.
NO_PAGES = {
    "schools:import_template",
    "schools:import_errors",
    "afterschool:pupil_import_template",
    "homework:school_rule_pdf",
    "homework:spot_check_paper",
    "homework:vacation_poster",
    "homework:board_door_sheets",
    "homework:class_poster",
    "homework:grade_poster",
    "homework:minutes",
    "afterschool:plan_pdf",
    "afterschool:session_paper",
    "afterschool:session_papers",
    "afterschool:activity_record_paper",
    "robots",
    "favicon",
    "inspections:evidence",
    "inspections:letter_pdf",
    "inspections:complaint_picture",
    "inspections:ledger_workbook",
    "reports:insight_data",
    "reports:national_file",
    "reports:burden_asked",
    "training:import_errors",
    "training:public_csv",
}

# Roles that the accessibility tree gives to what one fills in or presses.
CONTROLS = {
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "menuitem",
    "radio",
    "searchbox",
    "spinbutton",
    "switch",
    "textbox",
}

WATCH_POLICY = """
window.refused = [];
document.addEventListener("securitypolicyviolation", function (event) {
  window.refused.push(event.violatedDirective + " " + event.blockedURI);
});
"""
OPEN_ALL = 'document.querySelectorAll("details").forEach(function (one) { one.open = true; })'
WIDTH = "document.scrollingElement.scrollWidth"
# What is read or read out: text but for addresses and checksums, and the words of fields that hold no text yet.
WORDS = """
document.querySelectorAll("code").forEach((one) => one.remove()),
["placeholder", "aria-label", "title", "alt", "data-confirm"].flatMap(
  (name) => Array.from(document.querySelectorAll("[" + name + "]")).map((one) => one.getAttribute(name))
).concat(
  Array.from(document.querySelectorAll("option")).map((one) => one.textContent),
  [document.title, document.body.innerText]
).join(" ")
"""


@dataclass
class Window:
    """A phone's browser that remembers what went wrong on the page it shows."""

    context: BrowserContext
    host: str
    page: BrowserPage = field(init=False)
    tree: CDPSession = field(init=False)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("request", self._note_request)
        self.tree = self.context.new_cdp_session(self.page)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console: {message.text} {message.location.get('url')}")

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and address.netloc != self.host:
            self.wrong.append(f"asks elsewhere: {request.url}")

    def faults(self, url: str) -> list[str]:
        """What is wrong with the page there."""
        self.wrong.clear()
        answer = self.page.goto(url)
        if answer.status != 200:
            return [f"status {answer.status}"]
        self.page.evaluate(OPEN_ALL)
        return [*self.wrong, *self._too_wide(), *self._refused(), *self._nameless(), *self._foreign_words()]

    def _too_wide(self) -> list[str]:
        width = self.page.evaluate(WIDTH)
        return [f"is {width} px wide"] if width > PHONE["width"] else []

    def _refused(self) -> list[str]:
        return [f"policy refuses {what}" for what in self.page.evaluate("window.refused")]

    def _nameless(self) -> list[str]:
        nodes = self.tree.send("Accessibility.getFullAXTree")["nodes"]
        controls = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
        return [f"{node['role']['value']} without a name" for node in controls if not node["name"]["value"].strip()]

    def _foreign_words(self) -> list[str]:
        found = set(re.findall(r"[A-Za-z]{2,}\d*|[A-Za-z]\d+", self.page.evaluate(WORDS)))
        return [f"says {word}" for word in sorted(found - LATIN_WORDS - CODES)]


@pytest.fixture
def lived_in(world: World, transactional_db) -> World:
    """A world where something has happened: homework, an overrun that waits, a report, and its draft."""
    make.ItemFactory(by=world.teacher, class_group=world.class_group)
    make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"), minutes=60, overrun_reason="复习")
    make.LocalLimitFactory(unit=world.county)
    for unit in (world.county, world.city):
        services.make_report(unit=unit, period=parse("2026-10-H1"), now=timezone.localtime())
    return world


def pages_to_see(world: World) -> dict[str, list[str]]:
    """By person: her menu, and every other page once, with the first person who may read it."""
    menu = {name for _, name, _ in MENU}
    urls = defaultdict(list)
    readable = {name: page for name, page in PAGES.items() if page.method == "get" and name not in NO_PAGES}
    for name, page in readable.items():
        allowed = [person for person in PERSONS if page.expected[person] == 200]
        url = reverse(name, kwargs=page.kwargs(world)) + page.query if allowed else ""
        for person in allowed if name in menu else allowed[:1]:
            urls[person].append(url)
    return urls


def test_every_page_fits_a_phone_and_is_quiet_named_and_chinese(lived_in, open_window, live_server):
    host = urlsplit(live_server.url).netloc
    faults = {}
    for person, urls in pages_to_see(lived_in).items():
        context = open_window(PHONE)
        if person != "anonymous":
            enter(context, lived_in.people[person], live_server.url)
        window = Window(context, host)
        for url in urls:
            found = window.faults(url)
            snap(window.page, f"{person}{url}")
            if found:
                faults[f"{person} {url}"] = found
    assert faults == {}


BAD_PAGE = """<!doctype html><title>坏页</title>
<script>1</script><img src="http://elsewhere.example/a.png" alt="图">
<div style="width: 391px">Wide</div><input>"""


def test_a_bad_page_would_be_noticed(open_window, live_server):
    context = open_window(PHONE)
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "script-src 'self'"}
    context.route("**/bad/", lambda route: route.fulfill(body=BAD_PAGE, headers=headers))
    context.route("http://elsewhere.example/*", lambda route: route.abort())
    found = " ".join(Window(context, urlsplit(live_server.url).netloc).faults("/bad/"))
    for fault in (
        "asks elsewhere",
        "console: ",
        "px wide",
        "policy refuses script-src",
        "textbox without",
        "says Wide",
    ):
        assert fault in found
