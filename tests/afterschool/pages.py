"""Who may open which page of after-school service."""

from tests.access import Page
from tests.afterschool.course_pages import COURSE_PAGES
from tests.afterschool.daily_pages import DAILY_PAGES
from tests.afterschool.plan_pages import PLAN_PAGES

PAGES: dict[str, Page] = PLAN_PAGES | COURSE_PAGES | DAILY_PAGES
