"""Tokens, styles and script: contrast in both themes, byte budgets, nothing foreign."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+):light-dark\((#\w{6}),(#\w{6})\)", (STATIC / "tokens.css").read_text()
    )
}
READ = ["text", "text-2", "text-3", "accent", "pass-text", "risk-text", "exc-text", "none-text", "info-text"]
PAIRS = (
    [(fg, bg, 4.5) for bg in ("canvas", "surface", "sunken", "hover") for fg in READ]
    + [(f"{state}-text", f"{state}-tint", 4.5) for state in ("pass", "risk", "exc", "none", "info")]
    + [("on-solid", bg, 4.5) for bg in ("accent-solid", "accent-solid-hover", "exc-mark")]
    + [(fg, "accent-tint", 4.5) for fg in ("accent", "text", "text-2")]
    + [("text", "add-tint", 4.5), ("text", "del-tint", 4.5)]
    + [
        (mark, bg, 3.0)
        for mark in ("pass-mark", "risk-mark", "exc-mark", "none-mark", "line-strong")
        for bg in ("surface", "canvas", "sunken")
    ]
)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("foreground", "background", "least"), PAIRS)
def test_each_pair_of_tokens_has_enough_contrast(foreground, background, least, theme):
    assert contrast(COLOURS[foreground][theme], COLOURS[background][theme]) >= least


def test_the_check_covers_the_64_pairs_of_the_design():
    assert len(PAIRS) == 64


def test_styles_and_script_stay_inside_their_budgets():
    css = gzip.compress((STATIC / "tokens.css").read_bytes() + (STATIC / "app.css").read_bytes())
    assert len(css) <= 12_000
    assert len(gzip.compress((STATIC / "app.js").read_bytes())) <= 10_000
    assert sum(font.stat().st_size for font in (STATIC / "fonts").glob("*.woff2")) <= 90_000


def test_nothing_is_loaded_from_elsewhere_and_every_font_has_its_licence():
    for name in ("tokens.css", "app.css", "app.js"):
        assert not re.search(r"https?://|data:|@import", (STATIC / name).read_text()), name
    assert len(list((STATIC / "fonts").glob("LICENSE-*"))) == len(list((STATIC / "fonts").glob("*.woff2")))


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    templates = Path(__file__).parents[2] / "templates"
    named = {
        name
        for file in templates.rglob("*.html")
        for name in re.findall(r'\{% icon "([\w-]+)"', file.read_text())
        + re.findall(r'icon="([\w-]+)"', file.read_text())
    }
    assert named - sprite == set()
