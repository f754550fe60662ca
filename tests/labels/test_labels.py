"""Labels as they are printed: what stands on them, what must not, and that every code can be read again."""

import io
import re
import struct
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image

from ledger.labels import png as rendering
from ledger.labels.draw import draw
from ledger.labels.label import SIZES, Label, Named
from ledger.labels.matrix import QUIET_ZONE, LabelError, matrix_of
from ledger.labels.png import chinese_font, png
from ledger.labels.sheet import fitted, width
from ledger.labels.texts import MARKS, NOT_NATIONAL, TEXTS
from ledger.language import LANGUAGES, Language
from tests.labels.label_samples import ALL_MARKS, AWKWARD, card, tag

SVG = "{http://www.w3.org/2000/svg}"
LABELS: Mapping[str, Label] = {
    **{f"card-{language}": card(language) for language in LANGUAGES},
    **{f"tag-{language}": tag(language) for language in LANGUAGES},
    **AWKWARD,
}
fonts = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font: apt-get install chromium fonts-noto-cjk")


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def colours(svg: str) -> set[str]:
    return set(re.findall(r'fill="(#[0-9a-f]{6})"', svg))


def read(picture: Image.Image) -> str:
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    return str(found[0].text)


def on_white(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("L")


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("size", SIZES)
def test_every_label_is_self_contained_and_its_text_is_text(name: str, size: str) -> None:
    drawn = draw(LABELS[name], size)
    root = ElementTree.fromstring(drawn.svg)  # noqa: S314
    assert root.attrib["viewBox"] == f"0 0 {drawn.width} {drawn.height}"
    assert abs(float(root.attrib["width"].removesuffix("mm")) - drawn.width * SIZES[size] / 10_000) < 0.001
    assert not re.search(r"href|url\(|<script|<image|<style|<foreignObject|\son\w+=", drawn.svg)
    said = " ".join(texts(drawn.svg))
    for mark in LABELS[name].marks:
        assert MARKS[mark] in said
    assert NOT_NATIONAL in said
    assert LABELS[name].identifier in said.replace(" ", "")
    assert root.find(f"{SVG}title") is not None
    assert drawn.module * SIZES[size] >= 3000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_kinds_share_neither_title_nor_shape_nor_colour(language: Language) -> None:
    first, second = draw(card(language)), draw(tag(language))
    assert first.width > first.height
    assert second.width < second.height
    words = TEXTS[language]
    assert words["enterprise.title"] in texts(first.svg)
    assert words["enterprise.title"] not in texts(second.svg)
    assert words["product.title"] in texts(second.svg)
    assert words["product.title"] not in texts(first.svg)
    neutral = {"#000000", "#ffffff", "#14202b", "#44525e", "#8a1f6a"}
    assert not (colours(first.svg) & colours(second.svg)) - neutral


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_product_label_has_no_grade(language: Language) -> None:
    """Even where a grade is handed in by mistake."""
    said = " ".join(texts(draw(tag(language, grade=2, k="0.7", level=1, intensity="0.5")).svg))
    for key in ("grade", "grade.2", "scale", "level.1"):
        assert TEXTS[language][key] not in said
    assert "K =" not in said


def test_only_what_was_published_stands_on_a_card() -> None:
    said = " ".join(texts(draw(card("en", level=0, intensity="")).svg))
    assert "K = 0.734512" in said
    assert "carbon" not in said.replace("Carbon", "")
    assert "L =" not in said


@pytest.mark.parametrize(("kind", "grade"), [(1, 0), (2, 0), (7, 3)])
def test_what_has_no_label(kind: int, grade: int) -> None:
    with pytest.raises(LabelError) as told:
        draw(card(kind=kind, grade=grade))
    assert told.value.code == "no-label"


@pytest.mark.parametrize(
    ("changes", "size", "code"),
    [
        ({"code": "https://ledger.example/" + "x" * 850}, "small", "too-dense"),
        ({"identifier": "88.118.20260/" + "x" * 120}, "medium", "too-long"),
    ],
)
def test_labels_that_nobody_could_read_are_refused(changes: dict[str, Any], size: str, code: str) -> None:
    with pytest.raises(LabelError) as told:
        draw(card(**changes), size)
    assert told.value.code == code
    assert (
        draw(
            card(
                **changes,
            ),
            "large",
        )
        if code == "too-dense"
        else True
    )


def test_names_are_escaped() -> None:
    svg = draw(card(enterprise=Named('<script>"&', "x"))).svg
    assert "<script" not in svg
    assert '<script>"&' in texts(svg)


@fonts
@pytest.mark.parametrize("name", LABELS)
def test_every_picture_can_be_scanned(name: str) -> None:
    label = LABELS[name]
    assert read(on_white(png(draw(label)))) == label.code


@fonts
@pytest.mark.parametrize("name", ["card-zh", "tag-en"])
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_has_its_size_in_print_and_is_read_at_half_its_pixels(name: str, size: str) -> None:
    drawn = draw(LABELS[name], size)
    data = png(drawn)
    place = data.index(b"pHYs") + 4
    per_metre = struct.unpack(">I", data[place : place + 4])[0]
    picture = on_white(data)
    millimetres = drawn.width * drawn.percent / 10_000
    assert 0 <= picture.width * 1000 / per_metre - millimetres < drawn.module * drawn.percent / 10_000 + 0.01
    assert 7_000 < per_metre < 16_000
    half = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BILINEAR)
    assert read(half) == LABELS[name].code


@fonts
def test_the_quiet_zone_is_white_and_modules_are_sharp() -> None:
    drawn = draw(LABELS["card-zh"])
    picture = on_white(png(drawn))
    found = zxingcpp.read_barcodes(picture)[0].position
    pixels = picture.width * drawn.module / drawn.width
    left, top, right = found.top_left.x, found.top_left.y, found.top_right.x
    modules = matrix_of(LABELS["card-zh"].code).modules - 2 * QUIET_ZONE
    assert abs((right - left) / modules - round(pixels)) < 0.1
    zone = int(QUIET_ZONE * round(pixels)) - 2
    around = picture.crop((left - zone, top - zone, right + zone, top - 1))
    assert around.getextrema() == (255, 255)
    inside = picture.crop((left + 2, top + 2, right - 2, top + (right - left) - 2))
    assert sum(1 for count in (inside.histogram()[16:240]) if count) == 0


@fonts
def test_a_void_label_is_crossed_out() -> None:
    for label in (card(void="revoked"), tag(void="expired", marks=ALL_MARKS)):
        drawn = draw(label)
        assert "作废 VOID" in texts(drawn.svg)
        assert TEXTS["en"][f"status.{label.void}"] in " ".join(texts(drawn.svg))
        assert png(drawn).startswith(b"\x89PNG")


def test_a_machine_without_chinese_fonts_prints_no_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "chinese_font", lambda: None)
    with pytest.raises(LabelError) as told:
        png(draw(card("zh")))
    assert told.value.code == "font"
    assert "fonts-noto-cjk" in told.value.mend


def test_texts_in_both_languages() -> None:
    assert set(TEXTS["zh"]) == set(TEXTS["en"])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("two longer words", ["two longer", "words"]),
        ("字" * 12, ["字" * 6, "字" * 6]),
        ("unbreakableword", None),
        ("", []),
    ],
)
def test_texts_are_fitted(text: str, lines: list[str] | None) -> None:
    size, broken = fitted(text, 660, 110, 100, 2)
    assert all(width(line, size) <= 660 for line in broken)
    assert "".join(broken).replace(" ", "").rstrip("…") in text.replace(" ", "")
    if lines is not None:
        assert broken == lines
