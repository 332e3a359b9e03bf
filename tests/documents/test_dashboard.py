"""The dashboard: one offline page, three languages, nothing invented."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.bundled import bundled_path
from adv_domain.documents import charts
from adv_domain.documents.dashboard import LANGUAGES, dashboard_labels, render_dashboard
from adv_domain.documents.dashboard_words import Words, change, value_text
from adv_domain.rules.dunning.outcome import TaskKind
from adv_domain.rules.figures.kpi_catalogue import ERROR_TYPES, KPIS
from adv_domain.rules.figures.kpis import Better, Unit, ratio, total
from tasks.catalogue import step_names
from tests.documents.dashboard_example import a_dashboard

FOLDERS = (bundled_path("templates"),)
D = Decimal


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> str:
    return render_dashboard(a_dashboard(language=request.param), folders=FOLDERS)


def words(language: str = "en") -> Words:
    labels = dashboard_labels(language, folders=FOLDERS)
    return Words(language=language, currency="EUR", labels=labels)


def keys_of(table: dict, path: str = "") -> set[str]:
    found = set()
    for key, value in table.items():
        here = f"{path}.{key}"
        found |= keys_of(value, here) if isinstance(value, dict) else {here}
    return found


def test_the_page_is_smaller_than_300_kilobytes(page: str) -> None:
    assert len(page.encode()) < 300_000


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    assert "<script" not in page
    assert "url(" not in page
    assert "@import" not in page
    links = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert links
    assert all(link.startswith("#") or link == "data:," for link in links)


def test_the_page_names_what_waits_with_amounts(page: str) -> None:
    for told in ("SO-2026-004711", "SOTUVER Tunis", "customer C-0042"):
        assert told in page


def test_a_name_cannot_bring_markup(page: str) -> None:
    assert "<b>Ñandú" not in page
    assert "&lt;b&gt;Ñandú" in page


def test_every_link_of_the_page_has_its_place(page: str) -> None:
    places = set(re.findall(r'id="([^"]*)"', page))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= places


def test_every_definition_stands_on_the_page(page: str) -> None:
    assert all(f"<code>{kpi.name}</code>" in page for kpi in KPIS)


def test_the_markup_is_balanced(page: str) -> None:
    void = {"meta", "link", "br", "path", "rect"}

    class Balance(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open_tags: list[str] = []

        def handle_starttag(self, tag: str, _attrs: object) -> None:
            if tag not in void:
                self.open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag not in void:
                assert self.open_tags.pop() == tag

    parser = Balance()
    parser.feed(page)
    assert parser.open_tags == []


def test_headings_begin_at_one_and_skip_no_level(page: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_quiet_day_says_that_nothing_waits() -> None:
    page = render_dashboard(a_dashboard(quiet=True), folders=FOLDERS)
    assert "Nothing waits for a person" in page
    assert 'class="alerts"' not in page


def test_a_page_without_any_figures_is_still_a_page() -> None:
    full = a_dashboard()
    empty = type(full)(
        **{name: getattr(full, name) for name in full.__slots__}
        | {"trends": {}, "days": (), "runs": (), "freshness": ()}
    )
    page = render_dashboard(empty, folders=FOLDERS)
    assert "No step has run yet." in page


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render_dashboard(a_dashboard(), folders=FOLDERS) == render_dashboard(
        a_dashboard(), folders=FOLDERS
    )


def test_the_catalogues_have_the_same_keys() -> None:
    found = []
    for language in LANGUAGES:
        path = FOLDERS[0] / "dashboard" / f"labels.{language}.toml"
        found.append(keys_of(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kpi_and_error_type_has_words(language: str) -> None:
    labels = dashboard_labels(language, folders=FOLDERS)
    assert set(labels["kpis"]) == {kpi.name for kpi in KPIS}
    assert set(labels["meanings"]) == {kpi.name for kpi in KPIS}
    assert set(labels["owners"]) == {kpi.owner for kpi in KPIS}
    assert set(ERROR_TYPES) <= set(labels["reasons"])
    assert {kind.value for kind in TaskKind} <= set(labels["tasks"])
    assert set(step_names()) <= set(labels["steps"])


def test_an_unknown_language_reads_english() -> None:
    labels = dashboard_labels("de", folders=FOLDERS)
    assert labels["page"]["amount"] == "Amount"


def test_a_company_may_replace_the_words(tmp_path) -> None:
    own = tmp_path / "dashboard"
    own.mkdir()
    theirs = FOLDERS[0] / "dashboard" / "labels.en.toml"
    text = theirs.read_text(encoding="utf-8").replace("Held orders", "Orders on ice")
    (own / "labels.en.toml").write_text(text, encoding="utf-8")
    page = render_dashboard(a_dashboard(), folders=(tmp_path, *FOLDERS))
    assert "Orders on ice" in page


def test_a_missing_catalogue_is_told(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match=r"labels\.en\.toml"):
        dashboard_labels("en", folders=(tmp_path,))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, Unit.RATE, "–"),
        (None, Unit.AMOUNT, "–"),
        (D("0.954265"), Unit.RATE, "95.4%"),
        (D("1284000.49"), Unit.AMOUNT, "€1,284,000"),
        (D("47.25"), Unit.DAYS, "47.2 days"),
        (D(1282), Unit.COUNT, "1,282"),
        (D("4.105"), Unit.SCORE, "4.10 / 5"),
    ],
)
def test_values_are_written_by_their_unit(value, unit: Unit, text: str) -> None:
    assert value_text(value, unit=unit, words=words()) == text


@pytest.mark.parametrize(
    ("now", "before", "better", "tone", "arrow"),
    [
        ("0.05", "0.04", Better.DOWN, "bad", "▲"),
        ("0.03", "0.04", Better.DOWN, "good", "▼"),
        ("0.95", "0.90", Better.UP, "good", "▲"),
        ("0.95", "0.90", Better.NEITHER, "plain", "▲"),
        ("0.9501", "0.95", Better.UP, "plain", "="),
    ],
)
def test_a_change_is_good_or_bad_by_the_figures_sense(
    now: str, before: str, better: Better, tone: str, arrow: str
) -> None:
    moved = change(
        ratio(D(now), 1),
        ratio(D(before), 1),
        unit=Unit.RATE,
        better=better,
        words=words(),
    )
    assert moved is not None
    assert (moved.tone, moved.arrow) == (tone, arrow)


def test_against_nothing_there_is_no_change() -> None:
    options = {"unit": Unit.COUNT, "better": Better.UP, "words": words()}
    assert change(total(5, n=5), total(0, n=0), **options) is None
    assert change(ratio(0, 0), ratio(1, 2), **options) is None


points = st.lists(
    st.one_of(st.none(), st.decimals(-1000, 10**7, places=2)), max_size=90
)


@given(points)
def test_the_axis_holds_every_value_and_zero(values: list) -> None:
    axis = charts.axis_from_zero([values])
    known = [value for value in values if value is not None]
    assert axis.low <= 0 <= axis.high
    assert axis.low < axis.high
    assert axis.low == axis.marks[0]
    assert 2 <= len(axis.marks) <= 7
    assert all(0 <= axis.height(value) <= charts.CANVAS for value in known)


@given(points)
def test_a_line_is_interrupted_where_a_value_is_missing(values: list) -> None:
    path = charts.line(values, charts.axis_from_zero([values]))
    known = sum(value is not None for value in values)
    pieces = sum(
        value is not None and (at == 0 or values[at - 1] is None)
        for at, value in enumerate(values)
    )
    assert path.count("M") == pieces
    assert path.count("M") + path.count("L") == known


def test_sums_of_seven_days_begin_when_there_are_seven() -> None:
    assert charts.summed([D(1)] * 9, days=7) == [None] * 6 + [D(7)] * 3
    assert charts.summed([None, *[D(1)] * 7], days=7)[-1] == 7


@given(st.lists(st.decimals(-1000, 10**6, places=2), min_size=1, max_size=5))
def test_the_shares_of_a_bar_fill_it(amounts: list) -> None:
    widths = charts.shares(amounts)
    assert all(width >= 0 for width in widths)
    if any(amount > 0 for amount in amounts):
        assert abs(sum(widths) - 100) < 0.1


def test_days_are_written_by_language() -> None:
    on = date(2026, 11, 20)
    assert words("es").short_day(on) == "20 nov"
    assert words("en").long_day(on) == "Friday, 20 November 2026"


def test_words_that_are_no_code_stay_as_they_are() -> None:
    assert words().label("reasons", "credit_limit") == "credit limit"
    assert words().label("reasons", "own_rule") == "own rule"
    assert words().label("reasons", "no customer_ref in row 3") == (
        "no customer_ref in row 3"
    )
