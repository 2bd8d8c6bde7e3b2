"""HTML to PDF. Knows nothing of requests, users or reports."""

import datetime as dt
import hashlib
import os
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import weasyprint
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from paper import fonts
from paper.errors import MissingGlyphError, MissingResourceError, NoFontError

STATIC = Path(settings.BASE_DIR) / "static"
# Archival, with files inside allowed and all text extractable.
VARIANT = "pdf/a-3u"
# Enough for a printed photo; at full size a dozen of them take a gigabyte of memory.
PHOTO_DPI = 150
# Characters that leave no mark: controls, joiners, spaces, line ends.
INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF; its type follows from the name's ending."""

    name: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished document and what must be kept about it."""

    content: bytes
    pages: int
    sha256: str
    fonts: tuple[str, ...]  # names of the font files really used, sorted


class StaticOnly(URLFetcher):
    """Keeps templates off the network and off the rest of the disk."""

    def __init__(self, font_files: frozenset[Path]) -> None:
        super().__init__(fail_on_errors=True, allow_redirects=False, allowed_protocols={"file", "data"})
        self.font_files = font_files

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme != "data" and not self._is_allowed(parts.scheme, Path(unquote(parts.path)).resolve()):
            raise MissingResourceError(url)
        return super().fetch(url, headers)

    def _is_allowed(self, scheme: str, path: Path) -> bool:
        return (
            scheme == "file" and path.is_file() and (path.is_relative_to(STATIC.resolve()) or path in self.font_files)
        )


class _Text(HTMLParser):
    """Collects the characters that will stand on paper, drawings included."""

    UNSEEN = ("style", "script", "title")

    def __init__(self) -> None:
        super().__init__()
        self.unseen = 0
        self.characters: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in self.UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in self.UNSEEN

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.characters.update(data)


def render_pdf(
    template: str, context: dict[str, object], *, made_at: dt.datetime, attachments: Sequence[Attachment] = ()
) -> Printed:
    """Render `template` and print it; URLs in it are relative to static/. Same arguments, same bytes.

    `made_at` (aware) is written into the document as its date and given to the template. Raises MissingGlyphError,
    MissingResourceError or NoFontError rather than print a page with a hole in it.
    """
    chain = fonts.chain()
    markup = render_to_string(template, {**context, "made_at": made_at})
    refuse_missing_glyphs(markup, chain)
    with _one_at_a_time:
        return _print(markup, chain, made_at, attachments)


def refuse_missing_glyphs(markup: str, chain: fonts.FontChain) -> None:
    """Raise MissingGlyphError when `markup` shows a character that a role of the chain cannot print."""
    text = _Text()
    text.feed(markup)
    text.close()
    missing = _holes(text.characters, chain)
    if missing:
        raise MissingGlyphError(missing)


def unprintable(text: str) -> str:
    """The characters of a text that no document can print, so that they can be refused while somebody types.

    Without any font nothing can be printed anyway: then none.
    """
    try:
        return _holes(text, fonts.chain())
    except NoFontError:
        return ""


def require_printable(**texts: str) -> None:
    """What will be printed is refused while it can still be changed: raises ValidationError by the text's name."""
    for name, text in texts.items():
        if bad := unprintable(text):
            raise ValidationError({name: f"“{bad}”印不到纸上，请换成文字。"})


def _holes(characters: Iterable[str], chain: fonts.FontChain) -> str:
    """Those that leave a mark but have no glyph, sorted."""
    shown = {character for character in characters if unicodedata.category(character) not in INVISIBLE}
    return "".join(sorted(character for character in shown if ord(character) not in chain.printable))


def _print(markup: str, chain: fonts.FontChain, made_at: dt.datetime, attachments: Sequence[Attachment]) -> Printed:
    configuration = _font_configuration(chain.css)
    fetcher = StaticOnly(frozenset(file.path.resolve() for file in chain.all_files()))
    try:
        style = weasyprint.CSS(string=chain.css, font_config=configuration, url_fetcher=fetcher)
        html = weasyprint.HTML(string=markup, base_url=f"{STATIC.as_uri()}/", url_fetcher=fetcher)
        document = html.render(font_config=configuration, stylesheets=[style], pdf_variant=VARIANT, dpi=PHOTO_DPI)
        content = document.write_pdf(
            pdf_variant=VARIANT,
            dpi=PHOTO_DPI,
            attachments=[_enclosed(attachment, made_at) for attachment in attachments],
        )
    except FatalURLFetchingError as error:  # a BaseException: left alone it would take the worker down
        raise _resource_error(error) from error.__cause__
    used = chain.file_names(font.family for font in document.fonts.values())
    return Printed(content, len(document.pages), hashlib.sha256(content).hexdigest(), used)


def _resource_error(error: FatalURLFetchingError) -> MissingResourceError:
    cause = error.__cause__
    return cause if isinstance(cause, MissingResourceError) else MissingResourceError(str(error))


def _enclosed(attachment: Attachment, made_at: dt.datetime) -> weasyprint.Attachment:
    moment = made_at.astimezone(dt.UTC)
    return weasyprint.Attachment(
        string=attachment.content,
        name=attachment.name,
        description=attachment.description,
        created=moment,
        modified=moment,
        relationship="Data",
    )


# One configuration for all documents of a process: it has copied the font files once. Pango's font map is not made for
# threads, so one document is printed at a time.
_configurations: dict[str, FontConfiguration] = {}
_one_at_a_time = threading.Lock()


def _font_configuration(css: str) -> FontConfiguration:
    if css not in _configurations:
        _configurations[css] = FontConfiguration()
    return _configurations[css]


def _start_anew() -> None:
    """A forked child must neither use its parent's configuration nor delete the parent's copies of the fonts."""
    global _one_at_a_time
    for configuration in _configurations.values():
        configuration._folder = None
    _configurations.clear()
    _one_at_a_time = threading.Lock()


os.register_at_fork(after_in_child=_start_anew)
