"""Row 43: whatever comes back of an order by milestones, its documents undo it."""

from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from adv_domain.store.engine import writing
from adv_domain.store.tables import invoice, order_line, sales_order
from flows.direct import execute
from tasks.advances.milestones_by_hand import reach
from tasks.credits.credit_notes import credit_invoice
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.milestone_runs import ON, rows, run, saying, sound

D = Decimal


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    prices=st.lists(
        st.decimals("10.01", "99.99", places=2), min_size=2, max_size=2, unique=True
    ),
    shares=st.lists(st.integers(1, 49), min_size=1, max_size=2),
    kinds=st.sampled_from([(1, 2), (1, 1)]),
    order=st.permutations([1, 1, 1, 2, 2, 2]),
    number=st.integers(0, 10**9),
)
def test_row_43_all_lines_of_a_milestone_order_come_back_to_nothing(
    engine, prices, shares, kinds, order, number
):
    code = f"H{number}-{len(rows(engine, select(sales_order.c.id)))}"
    if not rows(engine, select(sales_order.c.id)):
        for kind in ("standard", "reduced"):
            a_product(engine, kind, tax_class=kind)
    plan = "; ".join(
        f"{share}% {name}" for share, name in zip(shares, "ab", strict=False)
    )
    order_id = an_order(
        engine,
        no=code,
        lines=2,
        state="handed_off",
        product_id=1,
        customer_id=a_customer(engine, code, milestones=plan),
    )
    known = order_line.c
    with writing(engine) as connection:
        for line_no, (price, product_id) in enumerate(
            zip(prices, kinds, strict=True), 1
        ):
            connection.execute(
                update(order_line)
                .where(known.order_id == order_id, known.line_no == line_no)
                .values(unit_price=price, net=price * 3, product_id=product_id)
            )
    run()
    for name in "ab"[: len(shares)]:
        reach(code, name, saying=saying(ON), execute=execute)
    a_delivery(engine, order_id, on=ON, qty=D(3), no=f"{code}-1")
    with writing(engine) as connection:
        over = update(sales_order).where(sales_order.c.id == order_id)
        connection.execute(over.values(state="fulfilled"))
    run()
    of_order = select(invoice).where(invoice.c.order_id == order_id)
    last = rows(engine, of_order.order_by(invoice.c.id))[-1]
    for line_no in order:
        credit_invoice(
            invoice_no=last.invoice_no,
            quantities={line_no: D(1)},
            reason_code="return",
            reason="came back",
            by="Ana",
            on=ON,
        )
        run()
        found = rows(engine, of_order)
        assert all(one.gross <= 0 for one in found if one.kind == "credit_note")
    assert sum(one.net for one in found) == 0
    assert sum(one.gross for one in found) == 0
    sound(engine)
