"""Finds the few files of node_modules that the pages use: whole packages take two minutes and 170 MB to collect."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import utils
from django.contrib.staticfiles.finders import BaseFinder
from django.core import checks
from django.core.files.storage import FileSystemStorage

# In templates: {% static "npm/bootstrap/dist/css/bootstrap.min.css" %}. The .map files are in because the manifest
# storage follows the sourceMappingURL at the end of the minified ones.
PREFIX = "npm"
ALLOWED = (
    "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.min.css.map",
    "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap/dist/js/bootstrap.bundle.min.js.map",
    "bootstrap-icons/font/bootstrap-icons.min.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
    "echarts/dist/echarts.min.js",
    "js-sha256/build/sha256.min.js",
)


class NpmFinder(BaseFinder):
    """Serves the files in ALLOWED, from node_modules, below `npm/`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.root = Path(settings.BASE_DIR) / "node_modules"
        self.storage = FileSystemStorage(location=self.root)
        # collectstatic puts this before each path that list() gives.
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        missing = [name for name in ALLOWED if not (self.root / name).is_file()]
        if not missing:
            return []
        return [
            checks.Error(
                f"{len(missing)} files of the npm packages are missing, first {missing[0]}.",
                hint="Run `make setup` (or `npm ci`).",
                id="shuangjian.E001",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The absolute path of an allowed file (a list when `find_all`); an empty list when there is none."""
        name = path.removeprefix(f"{PREFIX}/")
        if name == path or name not in ALLOWED or not (self.root / name).is_file():
            return []
        found = str(self.root / name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in ALLOWED:
            if not utils.matches_patterns(name, list(ignore_patterns or [])):
                yield name, self.storage
