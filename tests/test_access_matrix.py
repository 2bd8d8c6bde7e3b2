"""Every page times every role, inside the scope and outside it."""

import importlib

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import PERSONS, Page

APPS = ("accounts", "schools", "homework", "afterschool", "training", "inspections", "reports")
PAGES: dict[str, Page] = {}
for app in APPS:
    PAGES |= importlib.import_module(f"tests.{app}.pages").PAGES


def page_names(resolver: URLResolver, namespace: str = "") -> set[str]:
    names = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            names |= page_names(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern) and entry.name:
            names.add(f"{namespace}{entry.name}")
    return names


def test_every_page_is_in_the_matrix():
    assert page_names(get_resolver()) == set(PAGES)


def test_every_page_says_what_each_person_gets():
    assert all(set(page.expected) == set(PERSONS) for page in PAGES.values())


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page(name, world, client):
    page = PAGES[name]
    url = reverse(name, kwargs=page.kwargs(world)) + page.query
    statuses = {}
    for person in PERSONS:
        client.logout()
        if person != "anonymous":
            client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
        statuses[person] = getattr(client, page.method)(url).status_code
    assert statuses == page.expected
