import json
import subprocess
import sys

import pytest
from django.conf import settings

from paper import charts
from paper.errors import ChartError

TREND = charts.trend(["9月上", "9月下", "10月上"], {"公示率": [91.2, None, 98.5]}, unit="%", target=95)
HEAT = charts.heatmap(
    ["1日", "2日"],
    ["三（1）班", "三（2）班"],
    [[30, 61], [None, 0]],
    unit="分钟",
    limit=60,
    over=[[False, True], [False, False]],
)
OPTIONS = {
    "trend": TREND,
    "distribution": charts.distribution(["0–30", "31–60", "61以上"], [3, 40, 2], unit="个", over_from=2),
    "bars": charts.bars(["东湾县", "西山县"], [98.2, 95], unit="%", target=95),
    "heatmap": HEAT,
}
WORDS = {"trend": "9月下", "distribution": "61以上", "bars": "西山县", "heatmap": "三（2）班"}

# Draws before the fork, in the child and after it; a child's end must not hang either.
FORKED = """
import os, sys
import django
django.setup()
from paper import charts
from tests.paper.test_charts import TREND
first = charts.svg(TREND, width=300, height=200)
child = os.fork()
if child == 0:
    sys.exit(0 if charts.svg(TREND, width=300, height=200) == first else 3)
_, status = os.waitpid(child, 0)
sys.exit(status or charts.svg(TREND, width=300, height=200) != first)
"""


@pytest.mark.parametrize("name", OPTIONS)
def test_a_chart_on_paper_holds_its_chinese_words_as_text(name):
    drawn = charts.svg(OPTIONS[name], width=640, height=280)
    assert drawn.startswith("<svg ")
    assert WORDS[name] in drawn


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_plain_data_for_the_page(name):
    assert json.loads(json.dumps(OPTIONS[name])) == OPTIONS[name]


def test_labels_lose_the_outline_that_would_cover_them():
    option = {
        **TREND,
        "series": [{**TREND["series"][0], "label": {"show": True, "textBorderWidth": 3, "textBorderColor": "#fff"}}],
    }
    drawn = charts.svg(option, width=640, height=280)
    labels = [part.split(">")[0] for part in drawn.split("<text")[1:]]
    assert labels
    assert not any("stroke" in label or "paint-order" in label for label in labels)


def test_the_same_chart_is_drawn_the_same_each_time():
    assert charts.svg(HEAT, width=640, height=280) == charts.svg(HEAT, width=640, height=280)


def test_a_chart_names_the_fonts_itself_since_page_styles_do_not_reach_it():
    drawn = charts.svg(TREND, width=640, height=280)
    assert drawn.count("font-family") == drawn.count("<text")


def test_a_cell_is_coloured_by_its_verdict_whatever_the_limit_of_the_others():
    def color(minutes, *, is_over):
        option = charts.heatmap(["1日"], ["三班"], [[minutes]], unit="分钟", limit=60, over=[[is_over]])
        # Without the legend, where every colour stands.
        return charts.OVER in charts.svg(
            {**option, "visualMap": {**option["visualMap"], "show": False}}, width=300, height=200
        )

    assert not color(60, is_over=False)
    assert color(61, is_over=True)
    assert color(55, is_over=True)  # judged when the limit was lower
    assert not color(75, is_over=False)  # judged when it was higher


def test_an_option_that_echarts_refuses_is_an_error():
    with pytest.raises(ChartError):
        charts.svg(
            {"series": [{"type": "bar", "data": [1]}], "xAxis": {"type": "no such axis"}, "yAxis": {}},
            width=300,
            height=200,
        )


def test_without_echarts_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setattr(charts, "_engines", [])
    monkeypatch.setattr(charts, "ECHARTS", "npm/absent.js")
    with pytest.raises(ChartError, match="make setup"):
        charts.svg(TREND, width=300, height=200)


@pytest.mark.slow
def test_a_forked_worker_draws_after_its_parent_has():
    done = subprocess.run(
        [sys.executable, "-c", FORKED], cwd=settings.BASE_DIR, timeout=60, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_lines_of_nine_grades_are_told_apart_and_their_names_have_room():
    grades = {f"{number}年级": [number] for number in range(1, 10)}
    nine = charts.trend(["10.5"], grades, unit="分钟")
    assert len({line["symbol"] for line in nine["series"]}) == 9
    assert nine["grid"]["top"] > TREND["grid"]["top"]
