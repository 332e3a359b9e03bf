"""Which reasons for credit notes does this company know, and how are they called?"""

from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.bundled import bundled_path
from adv_domain.documents.labels import labels
from adv_domain.policy_credit_reasons import credit_reasons
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.credits import credit_reasons as rules
from adv_domain.rules.credits.credit_reasons import CreditReason
from adv_domain.rules.money import ZERO
from adv_domain.store.stock.goods_returned import returned_not_credited
from tasks.resources import resources


def reasons() -> dict[str, CreditReason]:
    """Return the reasons in use by code."""
    return credit_reasons(resources().policy.credit_reasons)


def known_reason(code: str, *, invoice_no: str) -> CreditReason:
    """Return the reason of this code; raises ReasonUnknown with those that are."""
    return rules.known_reason(code, reasons(), invoice_no=invoice_no)


def reason_of(code: str | None) -> CreditReason:
    """Return what a reason does; one that is no longer in use does nothing more."""
    given = code or ""
    return reasons().get(given, CreditReason(given))


def reason_names(languages: Collection[str]) -> Mapping[tuple[str, str], str]:
    """Return the name of each reason in each language, by code and language.

    The company's own goes before that of the documents' catalogue.
    """
    folders = (resources().settings.home / "templates", bundled_path("templates"))
    found: dict[tuple[str, str], str] = {}
    for language in set(languages):
        words = labels(language, folders=folders)["credit_reasons"]
        for code, one in reasons().items():
            name = one.names.get(language) or words.get(code) or one.names.get("en")
            found[code, language] = name or code
    return found


def check_goods(
    connection: Connection, reason: CreditReason, draft: Draft, *, invoice_no: str
) -> None:
    """Refuse goods that have not come back, where the reason needs them to."""
    if not reason.needs_goods:
        return
    credited: dict[int | None, Decimal] = {}
    for line in draft.lines:
        line_id = None if line.lowers_line_no else line.order_line_id
        credited[line_id] = credited.get(line_id, ZERO) - line.qty
    codes = [one.code for one in reasons().values() if one.needs_goods]
    ids = [line_id for line_id in credited if line_id is not None]
    returned = returned_not_credited(connection, ids, reason_codes=codes)
    rules.check_goods(reason, credited, returned, invoice_no=invoice_no)


def return_codes() -> list[str]:
    """Return the codes of the reasons that credit goods that came back."""
    return [
        one.code
        for one in reasons().values()
        if one.needs_goods or one.code == rules.RETURN
    ]
