"""A printed document's text and tables as a Word file (.docx), for offices that edit in WPS. Knows no models.

It is read from the same markup that is printed, so that one template says both. Drawings are left out; their captions
stay. The sheet is that of GB/T 9704-2012; the fonts are named as offices have them, and are not enclosed.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import docx
from django.template.loader import render_to_string
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FANGSONG, HEI, KAI, SONG, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
LINE = Pt(28.95)
# A grid of 28 characters and 22 lines: twentieths of a point, and 1/4096 points less than the character's 16.
LINE_PITCH, CHARACTER_SPACE = 579, -848
RED = RGBColor(0xC8, 0x10, 0x2E)


@dataclass(frozen=True, slots=True)
class Look:
    """Of a paragraph; sizes in points, the indent in characters."""

    font: str = FANGSONG
    size: float = 16
    align: Any = ALIGN.JUSTIFY
    indent: int = 2
    is_red: bool = False
    outline: int = 0  # the level of a heading, 1 the highest


BODY = Look()
NOTE = Look(SONG, 10.5, ALIGN.LEFT, 0)
HEADINGS = {
    "h1": Look(TITLE, 22, ALIGN.CENTER, 0, outline=1),
    "h2": Look(HEI, outline=2),
    "h3": Look(KAI, outline=3),
    "h4": Look(FANGSONG, outline=4),
}
CLASSES = {
    "subtitle": Look(KAI, 16, ALIGN.CENTER, 0),
    "note": NOTE,
    "flush": Look(indent=0),
    "addressee": Look(indent=0),
    "annex-label": Look(HEI, 16, ALIGN.LEFT, 0),
    "signature": Look(FANGSONG, 16, ALIGN.RIGHT, 0),
    "official-issuer": Look(TITLE, 36, ALIGN.CENTER, 0, is_red=True),
    "official-serial": Look(FANGSONG, 16, ALIGN.CENTER, 0),
}
CAPTION = Look(HEI, 12, ALIGN.CENTER, 0)
PARAGRAPHS = {"p": BODY, "figcaption": CAPTION, "caption": CAPTION, **HEADINGS}
UNSEEN = ("head", "style", "script", "svg")


@dataclass(slots=True)
class Text:
    words: str
    look: Look
    on_new_page: bool = False


@dataclass(slots=True)
class Table:
    heads: list[list[str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    is_plain: bool = False  # without rules


Block = Text | Table


class _Reader(HTMLParser):
    """Takes a document's markup apart, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.unseen = 0
        self.words: list[str] | None = None
        self.look = BODY
        self.new_page = False
        self.table: Table | None = None
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        self.unseen += tag in UNSEEN
        self.new_page = self.new_page or "annex" in classes
        if tag == "table":
            self.table = Table(is_plain="signers" in classes)
        elif tag == "thead":
            self.in_head = True
        elif tag == "tr" and self.table:
            (self.table.heads if self.in_head else self.table.rows).append([])
        elif tag == "br" and self.words is not None:
            self.words.append("\n")
        elif tag in ("td", "th") or tag in PARAGRAPHS:
            self.words = []
            self.look = next((CLASSES[name] for name in classes if name in CLASSES), PARAGRAPHS.get(tag, NOTE))

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN
        if tag == "thead":
            self.in_head = False
        elif tag == "table" and self.table:
            self.blocks.append(self.table)
            self.table = None
        elif tag in ("td", "th") and self.table:
            (self.table.heads if self.in_head else self.table.rows)[-1].append(self._said())
        elif tag in PARAGRAPHS and (words := self._said()):
            self.blocks.append(Text(words, self.look, self.new_page))
            self.new_page = False

    def handle_data(self, data: str) -> None:
        if self.words is not None and not self.unseen:
            self.words.append(data)

    def _said(self) -> str:
        """Without the spaces of the template; a line break stays."""
        words, self.words = "".join(self.words or []), None
        return "\n".join(" ".join(line.split()) for line in words.strip().split("\n") if line.strip())


def read(markup: str) -> list[Block]:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.blocks


def render_word(template: str, context: dict[str, object], *, title: str, author: str, made_at: dt.datetime) -> bytes:
    """Render `template` as paper.pdf does and write it as a Word file. Same arguments, same bytes.

    `context` may have draft and draft_word, which stand in the head of every page.
    """
    document = docx.Document()
    _set_up(document, _mark(context))
    for block in read(render_to_string(template, {**context, "made_at": made_at})):
        if isinstance(block, Table):
            _add_table(document, block)
        else:
            _add_text(document.add_paragraph(), block)
    moment = made_at.astimezone(dt.UTC).replace(tzinfo=None)
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, author, "zh-CN"
    properties.created = properties.modified = moment
    return _packed(document, moment)


def _mark(context: dict[str, object]) -> str:
    return str(context.get("draft_word") or "草稿") if context.get("draft") else ""


def _packed(document: Any, moment: dt.datetime) -> bytes:
    """With one date on every part, so that the bytes do not depend on when it was written."""
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), parts.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _set_up(document: Any, mark: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(LINE_PITCH))
    grid.set(qn("w:charSpace"), str(CHARACTER_SPACE))
    document.settings.odd_and_even_pages_header_footer = True
    for foot, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        _add_number(foot.paragraphs[0], align)
    for head in (section.header, section.even_page_header):
        _add_text(head.paragraphs[0], Text(mark, Look(HEI, 14, ALIGN.CENTER, 0)))


def _add_number(paragraph: Any, align: Any) -> None:
    """— 1 —, one character in from the outer edge."""
    paragraph.alignment = align
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    _run(paragraph, "— ", Look(SONG, 14))
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    number.append(_run(paragraph, "1", Look(SONG, 14))._r)
    paragraph._p.append(number)
    _run(paragraph, " —", Look(SONG, 14))


def _add_text(paragraph: Any, text: Text) -> None:
    look, form = text.look, paragraph.paragraph_format
    paragraph.alignment = look.align
    form.space_before = form.space_after = Pt(0)
    form.first_line_indent = Pt(look.indent * look.size)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = max(LINE, Pt(look.size * 1.3)) if look.size > 12 else Pt(look.size * 1.5)
    form.page_break_before = text.on_new_page
    form.keep_with_next = bool(look.outline) or look == CAPTION
    if look.outline:
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(look.outline - 1))
        paragraph._p.get_or_add_pPr().append(level)
    for place, line in enumerate(text.words.split("\n")):
        run = _run(paragraph, "", look)
        if place:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)


def _run(paragraph: Any, words: str, look: Look) -> Any:
    run = paragraph.add_run(words)
    run.font.name, run.font.size = look.font, Pt(look.size)
    run._r.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), look.font)
    if look.is_red:
        run.font.color.rgb = RED
    return run


def _add_table(document: Any, table: Table) -> None:
    """Its heads stand again on every page, and no row is cut."""
    lines = [*table.heads, *table.rows]
    columns = max((len(line) for line in lines), default=0)
    if not columns:
        return
    added = document.add_table(rows=len(lines), cols=columns)
    added.style = None if table.is_plain else "Table Grid"
    for place, (row, line) in enumerate(zip(added.rows, lines, strict=True)):
        _flag(row, "w:cantSplit")
        if place < len(table.heads):
            _flag(row, "w:tblHeader")
        _fill(row, line, is_head=place < len(table.heads))


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _fill(row: Any, line: Sequence[str], *, is_head: bool) -> None:
    for cell, words in zip(row.cells, line, strict=False):
        look = Look(HEI if is_head else SONG, 10.5, ALIGN.CENTER if is_head else ALIGN.LEFT, 0)
        _add_text(cell.paragraphs[0], Text(words, look))
