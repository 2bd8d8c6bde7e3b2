import datetime as dt
import hashlib
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from paper import charts, fonts, pdf
from paper.errors import MissingGlyphError, MissingResourceError, NoFontError
from paper.pdf import Attachment, render_pdf

MADE_AT = dt.datetime(2026, 11, 1, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def print_page(settings, tmp_path):
    """Prints markup as the content of a page."""

    def print_page(markup, context=None, **arguments):
        page = (
            '{% extends "paper/base_pdf.html" %}{% block title %}标题{% endblock %}{% block content %}'
            + markup
            + "{% endblock %}"
        )
        (tmp_path / "page.html").write_text(page, encoding="utf-8")
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
        return render_pdf("page.html", context or {}, made_at=MADE_AT, **arguments)

    return print_page


def read(printed):
    return PdfReader(io.BytesIO(printed.content))


def picture(printed, tmp_path, page=1, dots_per_inch=72):
    (tmp_path / "printed.pdf").write_bytes(printed.content)
    command = [
        "pdftoppm",
        "-r",
        str(dots_per_inch),
        "-f",
        str(page),
        "-l",
        str(page),
        "-gray",
        "-singlefile",
        "printed.pdf",
        "picture",
    ]
    subprocess.run(command, cwd=tmp_path, check=True)
    return Image.open(tmp_path / "picture.pgm")


needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs poppler-utils")


def test_a_line_holds_28_characters_and_a_page_22_lines(print_page):
    printed = print_page("<p class='flush'>" + "一二三四五六七八九十" * 100 + "</p>")
    first, second = (
        page.extract_text().replace("— 1 —", "").replace("— 2 —", "").split() for page in read(printed).pages
    )
    assert [len(line) for line in first] == [28] * 22
    assert sum(len(line) for line in first + second) == 1000


def test_digits_between_the_characters_do_not_spread_the_lines(print_page):
    printed = print_page("<p class='flush'>" + "本期自2026年10月1日起共31天" * 60 + "</p>")
    first = read(printed).pages[0].extract_text().replace("— 1 —", "").split()
    assert len(first) == 22


@needs_poppler
def test_the_type_area_stands_where_the_standard_wants_it(print_page, tmp_path):
    printed = print_page("<p class='flush'>" + "国" * 28 * 22 + "</p>")
    ink = picture(printed, tmp_path, dots_per_inch=254).point(lambda value: 255 if value < 128 else 0)
    left, top, right, _ = ink.getbbox()
    # In tenths of a millimetre.
    assert 280 <= left <= 290
    assert 1830 <= right <= 1840
    # The line is higher than its character: half of the rest stands above it.
    assert 370 <= top <= 400


@needs_poppler
def test_the_page_number_stands_outside_7_mm_below_the_type_area(print_page, tmp_path):
    printed = print_page("<p>一</p><p style='break-before: page'>二</p>")
    boxes = []
    for page in (1, 2):
        ink = picture(printed, tmp_path, page, dots_per_inch=254).point(lambda value: 255 if value < 128 else 0)
        boxes.append(ink.crop((0, 2650, 2100, 2970)).getbbox())
    # From the foot of the type area, which ends at 262 mm, to the dash in the middle of the figure.
    for box in boxes:
        assert 60 <= (box[1] + box[3]) / 2 + 2650 - 2620 <= 80
    assert boxes[0][0] > 1050 > boxes[1][2]


def test_the_text_comes_back_as_it_was_written(print_page):
    printed = print_page("<h1>作业公示月报</h1><p>应公示 1,234 个班日。</p>")
    text = read(printed).pages[0].extract_text()
    assert "作业公示月报" in text
    assert "— 1 —" in text


@needs_poppler
def test_different_characters_are_different_marks_and_no_boxes(print_page, tmp_path):
    shapes = set()
    for character in "双减督导":
        page = picture(print_page(f"<p class='flush'>{character}</p>"), tmp_path, dots_per_inch=150)
        shapes.add(page.crop((0, 0, page.width, page.height // 2)).tobytes())
    assert len(shapes) == 4


def test_the_fonts_used_are_named_by_file_and_embedded(print_page):
    printed = print_page("<h1>题</h1><p>文</p>")
    chain = fonts.chain()
    assert chain.files["title"][0].path.name in printed.fonts
    assert any(file.path.name in printed.fonts for file in chain.files["fangsong"])
    resources = read(printed).pages[0]["/Resources"]["/Font"]
    for font in resources.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor


@pytest.mark.parametrize("where", ["<p>{}</p>", "<svg><text>{}</text></svg>", "<table><tr><td>{}</td></tr></table>"])
def test_a_character_that_no_font_has_is_an_error(print_page, where):
    with pytest.raises(MissingGlyphError) as raised:
        print_page(where.format("好\U0001f9ff\ue123"))
    assert raised.value.characters == "\ue123\U0001f9ff"
    assert "U+E123" in str(raised.value)


def test_a_box_to_tick_and_a_rare_name_are_printed(print_page):
    rare = "镕" if ord("镕") in fonts.chain().printable else "融"
    assert rare in read(print_page(f"<p>☑{rare}</p>")).pages[0].extract_text()


@pytest.mark.parametrize("url", ["img/absent.png", "file:///etc/hostname", "http://127.0.0.1:9/x.png", "../manage.py"])
def test_a_picture_that_is_missing_or_not_ours_is_an_error(print_page, url):
    with pytest.raises(MissingResourceError):
        print_page(f"<img src='{url}'>")


def test_attachments_are_in_the_file_with_their_names(print_page):
    table = "学校,公示率\n东关小学，0.95\n".encode()
    printed = print_page("<p>见附件。</p>", attachments=[Attachment("数据.csv", table, "明细")])
    assert read(printed).attachments["数据.csv"] == [table]


def test_pages_are_counted_and_the_hash_is_of_the_bytes(print_page):
    printed = print_page("<p>一</p><section class='annex'>二</section><section class='landscape'>三</section>")
    pages = read(printed).pages
    assert printed.pages == len(pages) == 3
    assert printed.sha256 == hashlib.sha256(printed.content).hexdigest()
    assert [page.mediabox.width > page.mediabox.height for page in pages] == [False, False, True]


def test_a_draft_says_so_on_every_page_and_a_final_document_on_none(print_page):
    markup = "<p>一</p><section class='annex'>二</section><section class='landscape'>三</section>"
    draft = print_page(markup, {"draft": True, "draft_note": "数据截至2026年10月14日"})
    for page in read(draft).pages:
        assert "草稿" in page.extract_text()
        assert "数据截至" in page.extract_text()
    assert not any("草稿" in page.extract_text() for page in read(print_page(markup)).pages)


def test_the_same_document_gives_the_same_bytes(print_page):
    markup = "<p>一</p>" + charts.svg(charts.bars(["甲"], [1]), width=300, height=100)
    enclosed = [Attachment("数据.csv", b"1")]
    assert print_page(markup, attachments=enclosed) == print_page(markup, attachments=enclosed)


def test_title_date_and_language_are_in_the_file(print_page):
    document = read(print_page("<p>一</p>"))
    assert document.metadata.title == "标题"
    assert document.metadata.creation_date == MADE_AT
    assert document.trailer["/Root"]["/Lang"] == "zh-CN"


def test_a_chart_is_printed_with_its_words(print_page):
    drawn = charts.svg(charts.bars(["东湾县"], [98.2], unit="%"), width=600, height=200)
    assert "东湾县" in read(print_page(f"<figure>{drawn}</figure>")).pages[0].extract_text()


@pytest.mark.slow
def test_a_long_table_repeats_its_head_and_cuts_no_row(print_page):
    row = "<tr><td>第{0}小学</td><td class='num'>{0}</td></tr>"
    body = "".join(row.format(number) for number in range(1000, 1200))
    printed = print_page(f"<table><thead><tr><th>学校</th><th>班级</th></tr></thead>{body}</table>")
    pages = [page.extract_text() for page in read(printed).pages]
    assert len(pages) > 2
    assert all("班级" in text for text in pages)
    assert sum(text.count("小学") for text in pages) == 200


@pytest.mark.slow
def test_a_forked_worker_prints_after_its_parent_has_and_leaves_its_fonts_alone(print_page):
    first = print_page("<p>一</p>")
    child = os.fork()
    if child == 0:
        try:
            same = print_page("<p>一</p>").content == first.content
            pdf._configurations.clear()
            os._exit(0 if same else 3)
        finally:
            os._exit(4)
    assert os.waitpid(child, 0)[1] == 0
    assert print_page("<p>二</p>").pages == 1
    assert all(Path(configuration._folder).is_dir() for configuration in pdf._configurations.values())


def test_without_any_chinese_font_the_error_says_what_to_do(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", (tmp_path,))
    with pytest.raises(NoFontError, match="make setup"):
        fonts.chain()
