"""`adv correct`: what was entered wrongly in an order, and what it says rightly."""

import click

from flows.commands.order_acts import Spoken, do_one, spoken_options


@click.command()
@click.argument("order_no")
@click.option("--line", "line_no", type=int, help="The line that is meant.")
@click.option("--product", help="The line's product code.")
@click.option("--qty", "quantity", help="The line's quantity.")
@click.option("--unit", help="The line's unit.")
@click.option("--price", help="The line's price, or: agreed.")
@click.option("--discount", help="The line's discount in per cent.")
@click.option("--requested-on", help="The day, of the line or of the whole order.")
@click.option("--customer", help="Code of the customer who ordered.")
@click.option("--reference", help="The customer's reference.")
@click.option("--ordered-on", help="The day on which it was ordered.")
@click.option("--currency", help="Currency, such as EUR.")
@click.option("--payment-terms", help="Code of the payment terms.")
@click.option("--buyer-reference", help="Buyer reference or routing id.")
@click.option("--ship-to-name", help="Who receives the goods.")
@click.option("--address", help="Street and number of the delivery.")
@click.option("--postal-code", help="Postal code of the delivery.")
@click.option("--city", help="City of the delivery.")
@click.option("--country", help="Country of the delivery, such as ES.")
@spoken_options
def correct(
    *, order_no: str, line_no: int | None, spoken: Spoken, **asked: str | None
) -> None:
    """Correct an order that is received or held, and have it checked anew.

    Old and new values go on record, and what was wrong still counts as an error of
    order entry.
    """
    # the database loads only in commands that need it
    from tasks.orders.acts.correct import correct_order

    texts = {name: text for name, text in asked.items() if text is not None}
    do_one(
        lambda name, **said: correct_order(texts, name=name, line_no=line_no, **said),
        order_no,
        spoken,
    )
