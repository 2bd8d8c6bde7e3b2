"""Who may open which page of after-school service."""

from tests.access import Page

PAGES: dict[str, Page] = {}
