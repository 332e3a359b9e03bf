"""How are days, amounts and charges written in a UBL document?"""

import re

from adv_domain.files.orders.stated import Given, StatedAdjustment, StatedOrder
from adv_domain.files.orders.xml_document import Node
from adv_domain.rules.faults import FileFault

_OFFSET = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})")


def day_of(node: Node, *names: str) -> Given | None:
    """Return a day without the time zone that XML lets it have."""
    given = node.given(*names)
    found = _OFFSET.fullmatch(given.text) if given else None
    return given._replace(text=found[1]) if given and found else given


class Amounts:
    """Reads amounts and sees to it that all are in one currency."""

    def __init__(self) -> None:
        self.currencies: dict[str, Given] = {}

    def given(self, node: Node, *names: str) -> Given | None:
        """Return the text of an amount, and remember its currency."""
        found = node.child(*names)
        if found is None:
            return None
        given = found.given()
        if given is not None and (currency := found.attribute("currencyID").upper()):
            self.currencies.setdefault(currency, given)
        return given

    def settle(self, file: str, stated: StatedOrder) -> None:
        """Take the one currency where the order states none; more than one is wrong."""
        document = stated.values.get("currency")
        named = document.text.upper() if document else next(iter(self.currencies), "")
        for currency, given in self.currencies.items():
            if currency != named:
                message = (
                    f"is in {currency}, the order in {named}; "
                    "state all amounts in one currency"
                )
                where = given.path.rpartition("/")[2]
                stated.faults.append(
                    FileFault(
                        file,
                        given.row,
                        given.path,
                        "currency_conflict",
                        f"{where} {message}",
                        given.text[:80],
                    )
                )
        if document is None and named:
            stated.put("currency", self.currencies[named]._replace(text=named))


def stated_charge(node: Node, amounts: Amounts) -> StatedAdjustment:
    """Return an allowance or charge; the factor is a per cent as Peppol writes it."""
    return StatedAdjustment(
        is_charge=node.text("ChargeIndicator").lower() in ("true", "1"),
        percent=node.given("MultiplierFactorNumeric"),
        amount=amounts.given(node, "Amount"),
        reason=node.given("AllowanceChargeReason"),
        tax_category=node.given("TaxCategory", "ID"),
        tax_percent=node.given("TaxCategory", "Percent"),
    )
