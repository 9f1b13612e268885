from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from analysis import style
from analysis.figures import gains
from analysis.load import Results
from analysis.report_files import FIGURES
from analysis.settings import Settings

pytestmark = pytest.mark.filterwarnings("error::UserWarning")


Box = tuple[str, float, float, float, float]


def drawn_texts(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[Box]:
    """Text and box (pixels) of everything that is really drawn: ticks beyond the axes are not."""
    found: dict[int, Box] = {}
    original = Text.draw

    def draw_and_note(self: Text, renderer: RendererBase) -> None:
        original(self, renderer)
        if self.get_visible() and self.get_text().strip():
            box = self.get_window_extent(renderer)
            found[id(self)] = (self.get_text(), box.x0, box.y0, box.x1, box.y1)

    with monkeypatch.context() as patched:
        patched.setattr(Text, "draw", draw_and_note)
        figure.canvas.draw()
    return list(found.values())


def overlaps(texts: list[Box], slack: float) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes cross by more than ``slack`` pixels both ways."""
    return [
        (a[0], b[0])
        for a, b in itertools.combinations(texts, 2)
        if min(a[3], b[3]) - max(a[1], b[1]) > slack and min(a[4], b[4]) - max(a[2], b[2]) > slack
    ]


def outside(texts: list[Box], figure: Figure) -> list[str]:
    width, height = figure.bbox.width, figure.bbox.height
    return [t for t, x0, y0, x1, y1 in texts if x0 < -1 or y0 < -1 or x1 > width or y1 > height]


def draw(name: str, results: Results, settings: Settings) -> Figure:
    return FIGURES[name].draw(results, settings)


@pytest.mark.parametrize("which", ["full", "smoke", "gaps", "paper"])
@pytest.mark.parametrize("name", FIGURES)
def test_figure_builds_without_warning_and_no_text_overlaps(
    name: str,
    which: str,
    settings: Settings,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with style.applied():
        figure = draw(name, request.getfixturevalue(which), settings)
        texts = drawn_texts(figure, monkeypatch)
    assert len(texts) > 5
    assert overlaps(texts, slack=0.5 * figure.dpi / 72) == []
    assert outside(texts, figure) == []
    assert figure.get_figwidth() <= style.TEXT


def test_the_overlap_check_finds_an_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    with style.applied():
        figure = style.figure(2, 1)
        figure.text(0.5, 0.5, "one")
        figure.text(0.52, 0.5, "two")
        texts = drawn_texts(figure, monkeypatch)
    assert overlaps(texts, slack=0.5) == [("one", "two")]


@pytest.mark.parametrize("name", FIGURES)
def test_figure_of_nothing_says_so_instead_of_failing(
    name: str, smoke: Results, settings: Settings
) -> None:
    empty = replace(
        smoke,
        shift=smoke.shift.iloc[:0],
        detection=smoke.detection.iloc[:0],
        curves=smoke.curves.iloc[:0],
        items=smoke.items.assign(value=np.nan),
    )
    module = FIGURES[name]
    with style.applied():
        figure = module.draw(empty, settings)
        words = " ".join(text.get_text() for text in figure.findobj(Text))
    assert any(word in words for word in ("nothing", "no ", "not measured"))
    assert module.caption(empty, settings)


@pytest.mark.parametrize("name", FIGURES)
def test_caption_is_one_sentence_with_n_seeds_and_caution(
    name: str, gaps: Results, settings: Settings
) -> None:
    caption = FIGURES[name].caption(gaps, settings)
    assert "n = " in caption
    assert "seed" in caption
    assert "interval" in caption
    assert "a small run decides little" in caption
    assert caption.endswith(".")
    assert ". " not in caption.removesuffix(".")


def test_recipe_regions_and_classes_differ_in_greyscale() -> None:
    def grey(colour: str) -> int:
        return Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0))  # type: ignore

    for palette in (style.REGION_COLOURS, style.CLASS_COLOURS, style.RECIPE_COLOURS):
        shades = sorted(grey(colour) for colour in palette.values())
        assert min(np.diff(shades)) >= 30


def test_style_leaves_matplotlib_as_it_was() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    with style.applied():
        pass
    assert dict(matplotlib.rcParams) == before


def test_the_base_model_against_itself_is_all_unshifted_and_no_curve(
    smoke: Results, settings: Settings
) -> None:
    with style.applied():
        shares = draw("shift_shares", smoke, settings)
        labels = [label.get_text() for label in shares.axes[0].get_yticklabels()]
        numbers = [text.get_text() for text in shares.axes[0].texts if text.get_text().isdigit()]
        curves = draw("kl_by_position", smoke, settings)
    assert (labels[0], numbers[0]) == ("base", "0")
    assert len(numbers) == len(labels) == 5
    assert not any("base" in axes.get_ylabel() for axes in curves.axes)


def numbers_beside(figure: Figure) -> list[str]:
    """What ``gains`` prints to the right of its lines, from the top."""
    texts = [t for t in figure.axes[0].texts if t.get_position()[0] == gains.NUMBERS]
    return [text.get_text() for text in texts]


def with_scores(results: Results, general: float, apeft: float) -> Results:
    """Results whose share right and FActScore are one number for each recipe, in long form."""
    items = results.items
    score = items["measure"].isin(["factscore", "right"]) & (items["group"] == "")
    value = items["value"].copy()
    for recipe, number in (("general", general), ("apeft", apeft)):
        value[score & (items["recipe"] == recipe)] = number
    return replace(results, items=items.assign(value=value))


def test_gains_are_apeft_minus_general_in_points(smoke: Results, settings: Settings) -> None:
    with style.applied():
        figure = draw("gains", with_scores(smoke, 0.4, 0.5), settings)
    told = numbers_beside(figure)
    assert len(told) == 5 * 2  # sets by algorithms
    assert told[:6] == ["+10.0 [+10.0, +10.0]"] * 6  # three long-form sets
    assert "+10.0 [+10.0, +10.0]" not in told[6:]
    points = [line for line in figure.axes[0].lines if line.get_marker() not in ("None", "")]
    assert len(points) == 2 * len(told)  # the share right and the paper's measure
    assert np.allclose([float(np.asarray(line.get_xdata())[0]) for line in points[:12]], 0.1)


def test_a_gain_without_a_scored_pair_is_said_and_drawn_nowhere(
    smoke: Results, settings: Settings
) -> None:
    with style.applied():
        figure = draw("gains", with_scores(smoke, 0.4, np.nan), settings)
    assert numbers_beside(figure)[:6] == ["not measured"] * 6
    points = [line for line in figure.axes[0].lines if line.get_marker() not in ("None", "")]
    assert len(points) == 2 * 4


def test_gains_say_so_when_no_algorithm_has_both_recipes(
    smoke: Results, settings: Settings
) -> None:
    one = replace(smoke, items=smoke.items[smoke.items["recipe"] != "apeft"])
    with style.applied():
        figure = draw("gains", one, settings)
    assert [text.get_text() for text in figure.texts] == [
        "no algorithm was tuned with both recipes"
    ]


def test_gains_mark_a_pair_of_which_only_the_general_side_is_collapsed(
    gaps: Results, settings: Settings
) -> None:
    with style.applied():
        figure = draw("gains", gaps, settings)
    names = {label.get_text() for label in figure.axes[0].get_yticklabels()}
    assert names == {"DPO", "CPO †"}
    assert "† flagged as collapsed" in FIGURES["gains"].caption(gaps, settings)


def test_the_shift_share_by_position_is_that_of_ranks_above_one(
    smoke: Results, settings: Settings
) -> None:
    """By hand: rank 2 or 9 at 0..4, rank 2 at 5..9 of every other response, 1 elsewhere."""
    position, item = smoke.shift["position"], smoke.shift["item"].str[-1].astype(int)
    early = np.where(item % 2 == 0, 2, 9)
    late = np.where((position < 10) & (item % 2 == 0), 2, 1)
    rank = np.where(position < 5, early, late)
    even = smoke.shift[position.between(5, 9) & (smoke.shift["set"] == "bio")]
    even = even[(even["algorithm"] == "dpo") & (even["recipe"] == "general")]
    share = (even["item"].str[-1].astype(int) % 2 == 0).mean()
    with style.applied():
        figure = draw("shift_by_position", replace(smoke, shift=smoke.shift.assign(rank=rank)),
                      settings)  # fmt: skip
    drawn = np.asarray(figure.axes[0].lines[0].get_ydata(), dtype=float)
    assert drawn[:2] == pytest.approx([1.0, share])
    assert np.asarray(figure.axes[0].lines[0].get_xdata())[:2] == pytest.approx([-0.5, 4.5])


def test_the_shift_share_has_one_scale_in_domain_and_out_of_domain(
    full: Results, settings: Settings
) -> None:
    with style.applied():
        figure = draw("shift_by_position", full, settings)
    assert len(figure.axes) == 25
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
