"""How do the year-end rebates stand as of a day, and how does the report leave?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.files.csv_out import Cell, csv_bytes
from adv_domain.rules.credits.rebates import RebateStanding, agreements, standing
from adv_domain.store.credits.rebates import read_names, read_rebates, read_turnovers
from adv_domain.store.engine import reading
from tasks.resources import resources

COLUMNS = (
    "customer",
    "customer_name",
    "currency",
    "valid_from",
    "valid_to",
    "basis",
    "turnover",
    "rate_percent",
    "accrued",
    "next_threshold",
    "missing",
    "projected_turnover",
    "projected_rate_percent",
    "projected_rebate",
    "accrued_by_projection",
)


@dataclass(frozen=True, slots=True)
class RebateReport:
    """Every agreement as of a day, and the customers' names."""

    as_of_on: date
    standings: Sequence[RebateStanding]
    names: dict[str, str]

    def totals(self) -> dict[str, Decimal]:
        """Return what is accrued by currency."""
        found: dict[str, Decimal] = {}
        for one in self.standings:
            currency = one.agreement.currency
            found[currency] = found.get(currency, Decimal(0)) + one.earned.amount
        return found


def rebates_as_of(on: date) -> RebateReport:
    """Read and compute the accrual of each agreement at the close of a day.

    Raises RebateUnclear.
    """
    with reading(resources().engine) as connection:
        agreed = agreements(read_rebates(connection, on=on))
        turnovers = read_turnovers(connection, agreed, on=on)
        names = read_names(connection, [one.customer_code for one in agreed])
    return RebateReport(
        on, [standing(one, turnovers[one], as_of_on=on) for one in agreed], names
    )


def rebates_csv(report: RebateReport) -> bytes:
    """Write the report as CSV."""
    return csv_bytes(COLUMNS, [list(row.values()) for row in report_rows(report)])


def report_rows(report: RebateReport) -> list[dict[str, Cell]]:
    """Return the report's rows, by column."""
    return [
        dict(zip(COLUMNS, _cells(one, report.names), strict=True))
        for one in report.standings
    ]


def _cells(one: RebateStanding, names: dict[str, str]) -> tuple[Cell, ...]:
    agreed, earned, projected = one.agreement, one.earned, one.projected
    return (
        agreed.customer_code,
        names.get(agreed.customer_code, "(not a customer)"),
        agreed.currency,
        agreed.valid_from,
        agreed.valid_to,
        agreed.basis,
        earned.turnover,
        _percent(earned.rate),
        earned.amount,
        earned.next_threshold,
        earned.missing,
        projected.turnover,
        _percent(projected.rate),
        projected.amount,
        one.accrued_by_projection,
    )


def _percent(rate: Decimal) -> Decimal:
    plain = (rate * 100).normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral() else plain
