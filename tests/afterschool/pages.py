"""Who may open which page of after-school service."""

from tests.access import Page
from tests.afterschool.plan_pages import PLAN_PAGES

PAGES: dict[str, Page] = {}
PAGES |= PLAN_PAGES
