import subprocess

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from paper.official import Head
from paper.pdf import render_pdf
from tests.paper.test_pdf import MADE_AT, needs_poppler


@pytest.mark.parametrize("serial", ["东教〔2026〕5号", "濮双减办〔2026〕120号"])
def test_a_number_in_form_is_taken(serial):
    assert Head("东县教育局", serial).serial == serial


@pytest.mark.parametrize(
    "serial",
    [
        "",
        "东教〔2026〕05号",
        "东教〔26〕5号",
        "东教[2026]5号",
        "东教（2026）5号",
        "东教〔2026〕第5号",
        "〔2026〕5号",
        "东教〔2026〕5",
    ],
)
def test_a_number_out_of_form_is_refused_in_words(serial):
    with pytest.raises(ValidationError, match="发文字号应写成"):
        Head("东县教育局", serial)


def red_ink(printed, folder):
    """Rows and columns of the first page that are red, in tenths of a millimetre."""
    (folder / "printed.pdf").write_bytes(printed.content)
    command = ["pdftoppm", "-r", "254", "-l", "1", "-singlefile", "printed.pdf", "picture"]
    subprocess.run(command, cwd=folder, check=True)
    red, green, _ = Image.open(folder / "picture.ppm").split()
    bright, dark = red.point(lambda value: value > 150 and 255), green.point(lambda value: value < 100 and 255)
    return Image.composite(bright, Image.new("L", red.size), dark)


@needs_poppler
def test_the_head_stands_where_the_standard_wants_it(settings, tmp_path):
    body = '{% include "paper/_head.html" %}<h1>月报</h1>'
    page = f'{{% extends "paper/base_pdf.html" %}}{{% block content %}}{body}{{% endblock %}}'
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    head = Head("东县教育局文件", "东教〔2026〕5号")
    ink = red_ink(render_pdf("page.html", {"head": head}, made_at=MADE_AT), tmp_path)
    left, top, right, bottom = ink.getbbox()
    assert 720 <= top <= 740  # the name's top 35 mm below the type area's, which begins at 37 mm
    line = ink.crop((0, bottom - 5, ink.width, bottom)).getbbox()
    assert line[2] - line[0] in range(1555, 1566)  # as wide as the type area: 156 mm
    assert (left, right) == (line[0], line[2])
