"""What text and which places stand where on the dashboard in its language?

A view holds strings, numbers of the screen and lists of them: the template neither
computes nor formats. Order tells the story: what waits for a person comes first.
"""

from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from adv_domain.documents.dashboard_data import (
    AttentionGroup,
    AttentionRow,
    Dashboard,
    Freshness,
    LastRun,
)
from adv_domain.documents.dashboard_figures import definitions_view, families_view
from adv_domain.documents.dashboard_trends import ageing_view, figures_table
from adv_domain.documents.dashboard_words import NOTHING, Words

View = dict[str, Any]


def dashboard_view(page: Dashboard, *, labels: dict[str, Any]) -> View:
    """Return every text of the page, labels included."""
    words = Words(language=page.language, currency=page.currency, labels=labels)
    return {
        "language": page.language,
        "labels": labels["page"],
        "company": page.company,
        "as_of": words.long_day(page.as_of),
        "made": _moment(page, words),
        "attention": [_group(group, words, page) for group in page.attention],
        "all_clear": not any(group.count for group in page.attention),
        "waiting": words.count(sum(group.count for group in page.attention)),
        "families": families_view(page, words),
        "ageing": ageing_view(page, words),
        "table": figures_table(page, words),
        "definitions": definitions_view(words),
        "freshness": [_freshness(each, words) for each in page.freshness],
        "footer": words.label("page", "footer").format(currency=page.currency),
        "runs": [_run(each, words, page) for each in page.runs],
    }


def _moment(page: Dashboard, words: Words) -> str:
    return str(
        format_datetime(
            page.made_at,
            format="medium",
            tzinfo=ZoneInfo(page.time_zone),
            locale=words.locale,
        )
    )


def _group(group: AttentionGroup, words: Words, page: Dashboard) -> View:
    labels = words.labels["attention"][group.kind]
    hidden = group.count - len(group.rows)
    return {
        "id": group.kind,
        "title": labels["title"],
        "action": labels["action"],
        "none": labels["none"],
        "headings": labels["headings"],
        "count": words.count(group.count),
        "amount": words.money(group.amount) if group.amount else "",
        "tone": "calm" if not group.count else labels["tone"],
        "rows": [
            _row(row, words, page) | _naming(group.kind, row, words)
            for row in group.rows
        ],
        "more": words.label("page", "more").format(count=words.count(hidden))
        if hidden > 0
        else "",
    }


def _naming(kind: str, row: AttentionRow, words: Words) -> View:
    """Name a case by its document; tasks and failed steps are codes with a word."""
    is_task, is_failure = kind == "tasks", kind == "failures"
    party = words.label("steps", row.party) if is_failure else row.party
    return {
        "document": words.label("tasks", row.document) if is_task else row.document,
        "party": party or NOTHING,
    }


def _row(row: AttentionRow, words: Words, page: Dashboard) -> View:
    waited = max(0, (page.as_of - row.since).days) if row.since else None
    return {
        "why": _why(row, words),
        "who": _teams(row.who, words),
        "amount": words.exact_money(row.amount, row.currency)
        if row.amount is not None
        else NOTHING,
        "since": NOTHING if row.since is None else words.short_day(row.since),
        "waited": ""
        if waited is None
        else words.label("page", "waited").format(days=words.count(waited)),
        "is_old": waited is not None and waited > _OLD_DAYS,
    }


_OLD_DAYS = 7


def _teams(who: str, words: Words) -> str:
    """Name the team, or each of several that are listed with commas."""
    teams = [team.strip() for team in who.split(",") if team.strip()]
    return ", ".join(words.label("teams", team) for team in teams) or NOTHING


def _why(row: AttentionRow, words: Words) -> str:
    reasons = [words.label("reasons", reason) for reason in row.reasons]
    if row.new_on is None:
        return ", ".join(reasons) or NOTHING
    before = words.short_day(row.old_on) if row.old_on else NOTHING
    moved = f"{before} → {words.short_day(row.new_on)}"
    return ", ".join([moved, *reasons])


def _freshness(each: Freshness, words: Words) -> View:
    name = words.label("freshness", each.kind)
    never = words.label("page", "never")
    if each.newest_on is None and not each.is_stale:
        return {"name": name, "newest": never, "tone": "plain", "state": NOTHING}
    return {
        "name": name,
        "newest": words.day(each.newest_on) if each.newest_on else never,
        "tone": "bad" if each.is_stale else "good",
        "state": words.label("page", "stale" if each.is_stale else "fresh"),
    }


_RUN_TONES = {"completed": "good", "failed": "bad", "crashed": "bad"}


def _run(each: LastRun, words: Words, page: Dashboard) -> View:
    ended = (
        format_datetime(
            each.ended_at,
            format="short",
            tzinfo=ZoneInfo(page.time_zone),
            locale=words.locale,
        )
        if each.ended_at
        else NOTHING
    )
    return {
        "step": words.label("steps", each.step),
        "business_date": words.day(each.business_date),
        "ended": str(ended),
        "state": words.label("run_states", each.state),
        "tone": _RUN_TONES.get(each.state, "plain"),
        "done": words.count(each.done),
        "waiting": words.count(each.waiting),
        "failed": words.count(each.failed),
    }
