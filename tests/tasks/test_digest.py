"""The digest mail: one a day, what is stuck by team, and the headline figures."""

from decimal import Decimal

from sqlalchemy import select

from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.store.engine import reading
from adv_domain.store.tables import outbox
from flows.direct import run_directly
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_product, an_order
from tests.store.kpi_rows import an_item, day


def held_orders(engine) -> None:
    makes = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    for n, team in enumerate(("sales", "sales", "credit control")):
        an_order(
            engine,
            no=f"O{n}",
            ordered_on=day(0),
            state="held",
            held_for=team,
            held_on=day(n),
            net=Decimal(1000),
            **makes,
        )


def queued(engine) -> list:
    with reading(engine) as connection:
        return list(connection.execute(select(outbox).order_by(outbox.c.id)))


def test_the_digest_names_what_is_stuck_by_team_with_age_and_value(engine) -> None:
    held_orders(engine)
    run_directly("kpis", on=day(3))
    [end] = run_directly("digest", on=day(3))
    assert end.outcome.done == {"digest mails": 1}
    [mail] = queued(engine)
    assert mail.outbox_key.startswith("digest:2026-01-08:")
    rows = [(row["count"], row["command"]) for row in mail.context["stuck"]]
    assert rows == [("1", "€1,000 · adv holds"), ("2", "€2,000 · adv holds")]
    assert "5 Jan" in mail.context["stuck"][1]["oldest_on"]
    assert mail.context["stages"][0]["done"] == "5"  # four days and the page
    assert {row["name"] for row in mail.context["kpis"]} >= {"Orders entered"}


def test_a_second_digest_of_the_date_is_not_sent(engine) -> None:
    run_directly("digest", on=day(3))
    [end] = run_directly("digest", on=day(3))
    assert end.outcome.skipped == {"digest of the date is queued already": 1}
    run_directly("digest", on=day(4))
    assert len(queued(engine)) == 2


def test_without_figures_the_digest_says_so(engine) -> None:
    run_directly("digest", on=day(3))
    [mail] = queued(engine)
    assert mail.context["kpis"] == []


def test_the_digest_can_be_rendered_in_every_language(engine) -> None:
    held_orders(engine)
    an_item(engine, customer_id=1, amount=5, issued=0, due=1)
    run_directly("kpis", on=day(3))
    run_directly("digest", on=day(3))
    [mail] = queued(engine)
    for language in ("es", "en", "fr"):
        rendered = render_mail(
            mail_templates(),
            template="digest",
            languages=[language],
            context=mail.context,
        )
        assert "€2,000" in rendered.text
        assert "€2,000" in rendered.html


def test_row_89_the_digest_names_late_answers_and_whom_silence_went_on_to(
    home, engine
) -> None:
    (home / "policy.toml").write_text("[[holds.escalation]]\nto = 'Eve'\n")
    a_customer(engine), a_product(engine)
    for no, ref in (("O1", "A"), ("O2", "B"), ("O3", "C")):
        an_order(
            engine,
            customer_id=None,
            product_id=None,
            no=no,
            customer_ref=ref,
            customer_code="C1",
            state="received",
            net=None,
            line={"product_code": "P1", "asked_price": Decimal(20), "unit_price": None},
        )
    run_directly("validation", on=day(2))
    release_order(name="O3", by="Ana", reason="agreed", on=day(2))
    run_directly("validation", on=day(3))
    release_order(name="O2", by="Ana", reason="agreed", on=day(3))
    run_directly("digest", on=day(3))
    [mail] = queued(engine)
    assert mail.context["late_answers"] == [
        {
            "order": "O1",
            "customer": "Customer C1",
            "owner": "sales",
            "waited": "8",
            "value": "€60",
            "told": "Eve",
            "is_answered": False,
        },
        {
            "order": "O2",
            "customer": "Customer C1",
            "owner": "sales",
            "waited": "8",
            "value": "",
            "told": "Eve",
            "is_answered": True,
        },
    ]
    shown = render_mail(
        mail_templates(), template="digest", languages=["en"], context=mail.context
    )
    assert "went on to Eve" in shown.text
    run_directly("digest", on=day(4))
    [_, later] = queued(engine)
    assert [one["order"] for one in later.context["late_answers"]] == ["O1"]


def test_a_digest_queued_by_an_older_release_is_still_sent(engine) -> None:
    run_directly("digest", on=day(3))
    [mail] = queued(engine)
    old = {
        name: value
        for name, value in mail.context.items()
        if name not in {"late_answers", "more_answers"}
    }
    shown = render_mail(
        mail_templates(), template="digest", languages=["en"], context=old
    )
    assert "Headline figures" in shown.text
