"""The Word copy of a printed document, read back."""

import datetime as dt
import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from paper import word

MADE_AT = dt.datetime(2026, 11, 1, 8, 30, tzinfo=dt.UTC)
BODY = """
<h1>东县月报</h1><p class="subtitle">（2026年10月）</p><h2>一、总体情况</h2>
<p>本期应公示
   6个班级日。教师：镕、喆、𬭎。</p>
<figure><svg><text>不印</text></svg><figcaption>图1 走势</figcaption></figure>
<table><caption>表1 指标</caption><thead><tr><th>指标</th><th>本期</th></tr></thead>
<tbody><tr><td>班级日公示率</td><td class="num">71.28%</td></tr></tbody></table>
<p class="annexes">附件：1.甲<br>2.乙</p>
<section class="annex"><p class="annex-label">附件1</p><h1>明细</h1></section>
"""


@pytest.fixture
def write(settings, tmp_path):
    def write(body=BODY, **context):
        page = '{% extends "paper/base_pdf.html" %}{% block content %}' + body + "{% endblock %}"
        (tmp_path / "page.html").write_text(page, encoding="utf-8")
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
        return word.render_word("page.html", context, title="东县月报", author="东县", made_at=MADE_AT)

    return write


def opened(content):
    return docx.Document(io.BytesIO(content))


def test_text_and_tables_come_in_order_and_drawings_leave_their_captions(write):
    document = opened(write())
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "东县月报",
        "（2026年10月）",
        "一、总体情况",
        "本期应公示\n6个班级日。教师：镕、喆、𬭎。",
        "图1 走势",
        "表1 指标",
        "附件：1.甲\n2.乙",
        "附件1",
        "明细",
    ]
    [table] = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["指标", "本期"], ["班级日公示率", "71.28%"]]


def test_the_sheet_is_that_of_the_standard(write):
    [section] = opened(write()).sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert round((section.page_width - section.left_margin - section.right_margin) / Mm(1), 1) == 156
    assert round((section.page_height - section.top_margin - section.bottom_margin) / Mm(1), 1) == 225
    grid = section._sectPr.find(qn("w:docGrid"))
    pitch, space = int(grid.get(qn("w:linePitch"))) / 20, int(grid.get(qn("w:charSpace"))) / 4096
    assert 22 * pitch <= Mm(225).pt < 23 * pitch
    assert 28 * (16 + space) <= Mm(156).pt < 29 * (16 + space)


def test_headings_have_their_fonts_for_chinese(write):
    title, _, part, body, *_ = opened(write()).paragraphs
    fonts = [one.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) for one in (title, part, body)]
    assert fonts == ["方正小标宋简体", "黑体", "仿宋_GB2312"]
    assert [one.runs[0].font.size for one in (title, part, body)] == [Pt(22), Pt(16), Pt(16)]
    assert body.paragraph_format.first_line_indent == Pt(32)


def test_a_tables_head_is_repeated_and_no_row_is_cut(write):
    [table] = opened(write()).tables
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_an_annex_begins_on_a_new_page_and_numbers_stand_outside(write):
    document = opened(write())
    assert [one.text for one in document.paragraphs if one.paragraph_format.page_break_before] == ["附件1"]
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    assert "PAGE" in section.footer._element.xml and "PAGE" in section.even_page_footer._element.xml
    assert section.footer.paragraphs[0].alignment != section.even_page_footer.paragraphs[0].alignment


def test_what_is_not_issued_says_so_on_every_page(write):
    marked = opened(write(draft=True, draft_word="未签发")).sections[0]
    assert marked.header.paragraphs[0].text == marked.even_page_header.paragraphs[0].text == "未签发"
    assert opened(write()).sections[0].header.paragraphs[0].text == ""


def test_the_same_document_gives_the_same_bytes(write):
    first, second = write(), write()
    assert first == second
    dates = {one.date_time for one in zipfile.ZipFile(io.BytesIO(first)).infolist()}
    assert dates == {(2026, 11, 1, 8, 30, 0)}
