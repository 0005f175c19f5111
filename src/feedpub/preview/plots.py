"""Figures → SVG plots, by Vega-Lite (vl-convert): the only file that knows it."""

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Literal

Scheme = Literal["light", "dark"]
Shape = Literal["wide", "narrow"]
# Ink, lines, and three colours that differ in lightness too; the ground is that of the page's cards, and shines through.
COLOURS: dict[Scheme, tuple[str, str, tuple[str, ...]]] = {
    "light": ("#66625b", "#e4e0d8", ("#2f6f73", "#c2410c", "#d3bd8a")),
    "dark": ("#a8a297", "#3a3733", ("#6fb7b4", "#e8744a", "#8a8172")),
}
WIDTHS: dict[Shape, int] = {"wide": 880, "narrow": 320}
_HEIGHT, _ROW = 240, 34
_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"


def columns(series: Mapping[str, Sequence[int]], labels: Sequence[str], *, scheme: Scheme, shape: Shape) -> bytes:
    """Stacked columns: one for each of `labels`, a layer for each of `series`; negative numbers hang below the line.

    Raises ImportError where vl-convert is not installed, as do all plots.
    """
    values = [
        {"label": index, "name": name, "number": number, "layer": layer}
        for layer, (name, numbers) in enumerate(series.items())
        for index, number in enumerate(numbers)
    ]
    every = max(1, -(-len(labels) // (10 if shape == "wide" else 4)))
    shown = [index for index in range(len(labels)) if (len(labels) - 1 - index) % every == 0]
    largest = max((abs(number) for numbers in series.values() for number in numbers), default=0)
    return _drawn(
        {
            "width": WIDTHS[shape],
            "height": _HEIGHT,
            "data": {"values": values},
            "mark": {"type": "bar", "cornerRadiusEnd": 2, "width": min(48, 0.75 * WIDTHS[shape] / max(1, len(labels)))},
            "encoding": {
                "x": {
                    "field": "label",
                    "type": "ordinal",
                    "title": None,
                    "scale": {"domain": list(range(len(labels))), "paddingInner": 0.25},
                    "axis": {
                        "values": shown,
                        "labelExpr": f"{json.dumps(list(labels))}[datum.value]",
                        "labelAngle": 0,
                        "ticks": False,
                    },
                },
                "y": {
                    "field": "number",
                    "type": "quantitative",
                    "title": None,
                    "scale": {"domainMax": 1} if largest == 0 else {},
                    "axis": {"format": "d", "tickMinStep": 1, "tickCount": 4, "labelExpr": "format(abs(datum.value), ',')"},
                },
                "color": _by_name(list(series), scheme),
                "order": {"field": "layer", "type": "ordinal"},
            },
        },
        scheme,
    )


def bars(counts: Sequence[tuple[str, int]], *, scheme: Scheme, shape: Shape) -> bytes:
    """A bar for each cause, in their order; long names are shortened, the table has them whole."""
    length = WIDTHS[shape] // 8
    rows = [
        {"row": row, "name": cause if len(cause) <= length else f"{cause[: length - 1]}…", "number": times}
        for row, (cause, times) in enumerate(counts)
    ]
    number = {
        "field": "number", "type": "quantitative", "title": None, "axis": {"format": "d", "tickMinStep": 1, "tickCount": 5},
    }  # fmt: skip
    place = {
        "field": "row",
        "type": "ordinal",
        "title": None,
        "axis": None,
        "scale": {"paddingInner": 0.62, "paddingOuter": 0.62},
    }
    name = {"type": "text", "align": "left", "baseline": "bottom", "dy": -9}
    return _drawn(
        {
            "width": WIDTHS[shape],
            "height": 12 + (_ROW + 8) * len(counts),
            "data": {"values": rows},
            "encoding": {"y": place},
            "layer": [
                {"mark": {"type": "bar", "cornerRadiusEnd": 2, "color": COLOURS[scheme][2][1]}, "encoding": {"x": number}},
                {"mark": name, "encoding": {"text": {"field": "name"}, "x": {"value": 0}}},
            ],
        },
        scheme,
    )


def installed() -> bool:
    """Whether the library is here: it comes with feedpub[preview]."""
    return find_spec("vl_convert") is not None


def _by_name(names: Sequence[str], scheme: Scheme) -> dict[str, Any]:
    legend = {"title": None, "orient": "top", "symbolType": "square"} if len(names) > 1 else None
    scale = {"domain": names, "range": COLOURS[scheme][2][: len(names)]}
    return {"field": "name", "type": "nominal", "scale": scale, "legend": legend}


def _drawn(spec: dict[str, Any], scheme: Scheme) -> bytes:
    import vl_convert

    ink, line, _ = COLOURS[scheme]
    text = {"labelColor": ink, "labelFont": _FONT, "labelFontSize": 13}
    config = {
        "view": {"stroke": None},
        "axis": text | {"gridColor": line, "domainColor": line, "tickColor": line, "labelPadding": 8},
        "axisX": {"grid": False},
        "legend": text | {"offset": 14},
        "text": {"color": ink, "font": _FONT, "fontSize": 13},
    }
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": None, "padding": 4, "config": config}
    return str(vl_convert.vegalite_to_svg(whole | spec)).encode()
