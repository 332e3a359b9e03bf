"""How does an installation come to be? Home folders, schema, company, first data."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from adv_domain.bundled import bundled_path
from adv_domain.settings import SettingWrong
from adv_domain.store.company import (
    write_company,
    write_first_tax_rates,
    write_first_terms,
)
from adv_domain.store.engine import reading, writing
from adv_domain.store.upgrade import upgrade
from tasks.intake.legal_terms import unlawful_default
from tasks.resources import Resources, now, resources

INBOXES = (
    "orders",
    "customers",
    "products",
    "prices",
    "stock",
    "receipts",
    "acknowledgements",
    "deliveries",
    "bank",
    "survey",
)
_FOLDERS = (
    "archive",
    "quarantine",
    "documents",
    "outbox/mail",
    "outbox/stock",
    "dashboard",
    "mappings",
)


class DefaultTermsUnlawful(ValueError):
    """The policy gives customers that name none a term which the law does not allow."""

    def __init__(self, wrong: str) -> None:
        super().__init__(
            f"policy.toml, [intake] default_payment_terms: {wrong}; all else is set up"
        )


def set_up() -> Resources:
    """Create or upgrade the home and the database; harmless when run again."""
    known = resources()
    company = asdict(known.policy.company)
    _make_folders(known.settings.home)
    upgrade(known.engine)
    first = _first_master_data()
    with writing(known.engine) as connection:
        write_company(connection, company)
        write_first_tax_rates(connection, [_rate(row) for row in first["tax_rates"]])
        write_first_terms(connection, [_term(row) for row in first["payment_terms"]])
    return known


def check_default_terms(known: Resources) -> None:
    """Look at what the policy gives to customers that name no term.

    Raises DefaultTermsUnlawful; one that is not known may be imported afterwards.
    """
    on = now().astimezone(known.settings.time_zone).date()
    with reading(known.engine) as connection:
        wrong = unlawful_default(connection, known.policy, on=on)
    if wrong is not None:
        raise DefaultTermsUnlawful(wrong)


def _make_folders(home: Path) -> None:
    try:
        for name in (*_FOLDERS, *(f"inbox/{inbox}" for inbox in INBOXES)):
            (home / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingWrong(
            name="HOME",
            value=str(home),
            remedy=f"cannot be set up, {error.filename}: {error.strerror}; "
            "name a folder that you may write to with --home",
        ) from error


def _first_master_data() -> dict[str, Any]:
    path = bundled_path("deployments") / "first_master_data.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _rate(row: Mapping[str, Any]) -> dict[str, Any]:
    given = row.get("surcharge_rate")
    return {
        "territory": row["territory"],
        "category": row["category"],
        "rate": Decimal(row["rate"]),
        "vat_code": row["vat_code"],
        "surcharge_rate": Decimal(given) if given else None,
        "valid_from": row["valid_from"],
        "valid_to": row.get("valid_to"),
    }


def _term(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "definition": json.loads(row["definition"])}
