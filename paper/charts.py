"""Charts: one ECharts option for the page (drawn by the browser) and for paper (drawn here, by the same ECharts).

The builders give plain dicts for `json_script` and for svg(). An option is data: formatters are strings, not functions.
"""

import atexit
import ctypes
import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from py_mini_racer import JSEvalException, LibNotFoundError, MiniRacer

from paper import fonts
from paper.errors import ChartError

Option = dict[str, Any]
Figure = float | int | None

# Told apart by the colour-blind and, by their lightness, on a grey print too.
PALETTE = ("#1b4f72", "#e0a030", "#4f9d94", "#a8455a", "#8c96a0", "#6f5a9c")
OVER = "#a8455a"
INK = "#1d2a33"
SOFT = "#51616d"
GRID = "#dfe5e9"
# Light to dark, for the minutes of a heat map within the limit; above it comes OVER.
WITHIN = ("#e7f0f4", "#bcd6e2", "#86b4cb", "#4d89a9")
EMPTY = "#f3f4f5"
DASHES = ("solid", "dashed", "dotted")
# As many as there are grades: where the colours begin again, the marks do not.
FILLED = ("circle", "rect", "triangle", "diamond")
SYMBOLS = (*FILLED, "emptyCircle", "emptyRect", "emptyTriangle", "emptyDiamond", "arrow")
LEGEND_ROW, NAMES_IN_A_ROW = 22, 4  # px, and names to the row on a phone

ECHARTS = "npm/echarts/dist/echarts.min.js"
# A chart takes some 10 ms; one that takes seconds is a mistake in its option.
DRAWING_SECONDS = 10.0
DRAW = """
function draw(option, width, height) {
  var chart = echarts.init(null, null, {renderer: 'svg', ssr: true, width: width, height: height});
  try { chart.setOption(option); return chart.renderToSVGString(); } finally { chart.dispose(); }
}
"""
# White outlines around labels: WeasyPrint knows no paint-order and would draw them over the letters.
OUTLINE = re.compile(r' (?:stroke|stroke-width|paint-order|stroke-miterlimit)="[^"]*"')
# What serves a mouse, and the counters that would make the same chart differ from one drawing to the next.
FOR_MOUSE = re.compile(r'<style.*?</style>|<!\[CDATA\[.*?\]\]>| (?:class|pointer-events|ecmeta_\w+)="[^"]*"', re.DOTALL)
COUNTER = re.compile(r"\bzr\d+-")


def trend(
    labels: Sequence[str], series: Mapping[str, Sequence[Figure]], *, unit: str = "", target: Figure = None
) -> Option:
    """Lines over periods, oldest first; None leaves a gap. `target` is a level to reach, drawn as a dashed line.

    The legend has room for the rows that it takes on a phone.
    """
    lines = [
        {
            "type": "line",
            "name": name,
            "data": list(values),
            "symbol": SYMBOLS[number % len(SYMBOLS)],
            "symbolSize": 7,
            "lineStyle": {"width": 2, "type": DASHES[number % len(DASHES)]},
            "label": {
                "show": len(series) == 1 and len(labels) <= 12,
                "position": "top",
                "textBorderWidth": 0,
                "color": INK,
            },
        }
        for number, (name, values) in enumerate(series.items())
    ]
    if target is not None and lines:
        lines[0]["markLine"] = _level(target, unit, "yAxis", "insideEndTop")
    value = _value_axis(unit)
    if unit == "%":
        value |= {"max": 100, "scale": True}
    frame = _frame(len(series) > 1)
    if len(series) > 1:
        frame["grid"]["top"] += LEGEND_ROW * ceil(len(series) / NAMES_IN_A_ROW) - LEGEND_ROW // 2
    return frame | {
        "xAxis": _name_axis(labels) | {"boundaryGap": len(labels) <= 12},
        "yAxis": value,
        "series": lines,
    }


def distribution(
    bins: Sequence[str], counts: Sequence[Figure], *, unit: str = "", over_from: int | None = None
) -> Option:
    """How many fall into each bin; bins from index `over_from` on are over the limit and coloured so."""
    data = [
        {"value": count, "itemStyle": {"color": OVER if over_from is not None and number >= over_from else PALETTE[0]}}
        for number, count in enumerate(counts)
    ]
    return _frame(False) | {
        "xAxis": _name_axis(bins),
        "yAxis": _value_axis(unit) | {"minInterval": 1},
        "series": [{"type": "bar", "data": data, "barCategoryGap": "12%", "label": _value_label("top")}],
    }


def bars(labels: Sequence[str], values: Sequence[Figure], *, unit: str = "", target: Figure = None) -> Option:
    """One horizontal bar per name, the first on top. `target` is drawn as a dashed line."""
    label = _value_label("right") | {"formatter": f"{{c}}{unit}"}
    series: Option = {"type": "bar", "data": list(values), "barMaxWidth": 18, "label": label}
    if target is not None:
        series["markLine"] = _level(target, unit, "xAxis", "start")
    return _frame(False) | {
        "grid": {"left": 8, "right": 48, "top": 28, "bottom": 8, "containLabel": True},
        "xAxis": _value_axis(""),
        "yAxis": _name_axis(labels) | {"inverse": True},
        "series": [series],
    }


def heatmap(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[Figure]],
    *,
    unit: str,
    limit: int,
    over: Sequence[Sequence[bool]],
) -> Option:
    """One cell per row and column, `values[row][column]`; None is a cell without a figure.

    `over`, of the same shape, is the verdict on each: a cell may have been judged by another limit than `limit`, whose
    quarters give the shades. The cell shows its figure while there is room (16 columns); the first row is on top.
    """
    cells = [
        _cell(column, row, value, limit=limit, is_over=over[row][column])
        for row, line in enumerate(values)
        for column, value in enumerate(line)
    ]
    return _frame(False) | {
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 40, "containLabel": True},
        "xAxis": _name_axis(columns)
        | {"axisLine": {"show": False}, "splitArea": {"show": True, "areaStyle": {"color": [EMPTY]}}},
        "yAxis": _name_axis(rows) | {"axisLine": {"show": False}, "inverse": True},
        "visualMap": {
            "type": "piecewise",
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "itemWidth": 10,
            "itemHeight": 10,
            "itemGap": 6,
            "textStyle": {"color": INK, "fontSize": 11},
            "pieces": _pieces(limit, unit),
        },
        "series": [
            {
                "type": "heatmap",
                "data": cells,
                "label": {"show": len(columns) <= 16, "textBorderWidth": 0, "fontSize": 11},
                "itemStyle": {"borderColor": "#fff", "borderWidth": 1},
            }
        ],
    }


def stepped_map(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[Figure]],
    steps: Sequence[Option],
) -> Option:
    """As heatmap(), coloured by `steps`: the visualMap's pieces, each with its label and colour."""
    cells = [
        [column, row, "-" if value is None else value]
        for row, line in enumerate(values)
        for column, value in enumerate(line)
    ]
    option = heatmap(columns, rows, [], unit="", limit=0, over=[])
    option["visualMap"] |= {"pieces": list(steps), "itemGap": 4}
    option["series"][0] |= {"data": cells, "label": {"show": False}}
    return option


def svg(option: Option, *, width: int, height: int) -> str:
    """`option` drawn for paper, `width` by `height` px. Raises ChartError."""
    family = fonts.chain().family("chart").replace('"', "'")
    text = {**option.get("textStyle", {}), "fontFamily": family}
    call = f"draw({json.dumps({**option, 'textStyle': text, 'animation': False})}, {width:d}, {height:d})"
    with _one_at_a_time:
        try:
            drawn = str(_engine().eval(call, timeout_sec=DRAWING_SECONDS))
        except JSEvalException as error:
            raise ChartError(f"图表无法绘制：{error}") from error
    return _tidy(drawn)


def _tidy(drawn: str) -> str:
    still = COUNTER.sub("", FOR_MOUSE.sub("", drawn))
    return re.sub(r"<text [^>]*>", lambda tag: OUTLINE.sub("", tag.group()), still)


def _frame(has_legend: bool) -> Option:
    """What all charts share."""
    return {
        "animation": False,
        "color": list(PALETTE),
        "textStyle": {"color": INK, "fontSize": 12},
        "tooltip": {"trigger": "item", "confine": True},
        "legend": {"show": has_legend, "top": 0, "textStyle": {"color": INK}},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
    }


def _name_axis(labels: Sequence[str]) -> Option:
    return {
        "type": "category",
        "data": list(labels),
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": SOFT}},
        "axisLabel": {"color": INK, "fontSize": 12},
    }


def _value_axis(unit: str) -> Option:
    return {
        "type": "value",
        "name": f"单位：{unit}" if unit else "",
        "nameTextStyle": {"color": SOFT, "align": "left"},
        "axisLabel": {"color": SOFT, "fontSize": 12},
        "splitLine": {"lineStyle": {"color": GRID}},
    }


def _value_label(position: str) -> Option:
    return {"show": True, "position": position, "color": INK, "textBorderWidth": 0}


def _level(at: float, unit: str, axis: str, label_position: str) -> Option:
    return {
        "silent": True,
        "symbol": "none",
        "data": [{axis: at}],
        "lineStyle": {"color": OVER, "type": "dashed", "width": 1},
        "label": {"formatter": f"目标 {at:g}{unit}", "position": label_position, "color": OVER, "textBorderWidth": 0},
    }


def _cell(column: int, row: int, value: Figure, *, limit: int, is_over: bool) -> Option:
    """A cell of a heat map; it has a colour of its own where the verdict is not what the shades would say."""
    where: Option = {"value": [column, row, "-" if value is None else value]}
    if value is None or is_over == (value > limit):
        return where
    return where | {"visualMap": False, "itemStyle": {"color": OVER if is_over else WITHIN[-1]}}


def _pieces(limit: int, unit: str) -> list[Option]:
    """The colours of a heat map: quarters of the limit, and above it. A limit of 0 leaves "none" and "some"."""
    over = {"gt": limit, "label": f"超过{limit}{unit}", "color": OVER}
    if limit == 0:
        return [{"lte": 0, "label": f"0{unit}", "color": WITHIN[0]}, over]
    edges = [round(limit * quarter / 4) for quarter in range(5)]
    pieces: list[Option] = []
    for low, high, color in zip(edges, edges[1:], WITHIN, strict=False):
        floor = {"gte": 0} if low == 0 else {"gt": low}
        pieces.append(floor | {"lte": high, "label": f"{low if low == 0 else low + 1}–{high}", "color": color})
    return [*pieces, over]


# One V8 context a process, made at the first chart.
_engines: list[MiniRacer] = []
_one_at_a_time = threading.Lock()


def _engine() -> MiniRacer:
    if not _engines:
        source = finders.find(ECHARTS)
        if not source:
            raise ChartError("缺少 ECharts。请运行 make setup。")
        try:
            engine = MiniRacer()
        except LibNotFoundError as error:
            raise ChartError("这台机器上没有 V8（mini-racer），无法绘制图表。") from error
        engine.eval(Path(source).read_text(encoding="utf-8"))
        engine.eval(DRAW)
        _engines.append(engine)
    return _engines[0]


@atexit.register
def _close() -> None:
    """Left to the interpreter's own end, a context waits for ever for its thread, which has ended before."""
    for engine in _engines:
        engine.close()
    _engines.clear()


def _start_anew() -> None:
    """A forked child cannot use its parent's context; nor could it close it, so there it is made immortal."""
    global _one_at_a_time
    for engine in _engines:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(engine))
    _engines.clear()
    _one_at_a_time = threading.Lock()


os.register_at_fork(after_in_child=_start_anew)
