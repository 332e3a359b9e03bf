"""Which KPIs are there, what does each count, and who answers for it?

One definition per KPI: the tables, the commands, the dashboard and the documents
all take it from here. The wording is for the person who reads `adv kpi explain`.
"""

from adv_domain.rules.figures.kpis import Better, Family, Grain, Kpi, Unit
from adv_domain.rules.figures.receivables_catalogue import RECEIVABLES
from adv_domain.rules.figures.service_catalogue import SERVICE
from adv_domain.rules.orders.rule_settings import ENTRY_FAMILIES

_ADV = "sales administration"
_STOCK = "stock department"
_LEADER = "head of sales administration"
ERROR_RATE = "order_entry_error_rate"
FOUND_LATE = "entry_errors_found_late"
ERROR_TYPES = ENTRY_FAMILIES
BY_CREDIT_NOTE = "credit_note"
"""What found an error that no rule had found: part of a type, beside the rules."""

SURVEY_MEAN = "survey_mean"
SURVEY_SATISFIED = "survey_satisfied"
_OF_ONE = ":"


def _per_day(name: str, counts: str, *, owner: str = _ADV) -> Kpi:
    return Kpi(
        name=name,
        family=Family.PRODUCTIVITY,
        unit=Unit.COUNT,
        grain=Grain.DAY,
        better=Better.NEITHER,
        owner=owner,
        numerator=counts,
        formula=f"number of {counts}",
    )


def _share(
    name: str, above: str, below: str, *, owner: str, better: Better = Better.UP
) -> Kpi:
    return Kpi(
        name=name,
        family=Family.QUALITY,
        unit=Unit.RATE,
        grain=Grain.DAY,
        better=better,
        owner=owner,
        numerator=above,
        denominator=below,
        formula=f"{above} ÷ {below}",
    )


def _survey(name: str, above: str, *, unit: Unit) -> Kpi:
    return Kpi(
        name=name,
        family=Family.PERFORMANCE,
        unit=unit,
        grain=Grain.DAY,
        better=Better.UP,
        owner=_LEADER,
        numerator=above,
        denominator="survey answers given that day",
        formula=f"{above} ÷ survey answers given that day",
    )


_PRODUCTIVITY = (
    _per_day("orders_entered", "orders dated that day, whatever became of them"),
    _per_day("order_lines", "lines of the orders dated that day"),
    _per_day("holds_released", "held orders released by a person that day"),
    _per_day("invoices_posted", "invoices dated that day, imported ones left out"),
    _per_day("credit_notes_posted", "credit notes dated that day"),
    _per_day(
        "delay_notices",
        "delay notices decided that day, those whose new date is to follow included",
        owner=_STOCK,
    ),
    _per_day("payments_matched", "payments that found their invoices that day"),
    _per_day("reminders_sent", "reminders whose send was confirmed that day"),
)

_QUALITY = (
    _share(
        ERROR_RATE,
        "orders dated that day with at least one entry error",
        "orders dated that day",
        owner=_ADV,
        better=Better.DOWN,
    ),
    _share(
        FOUND_LATE,
        "orders dated that day with an entry error of a type that no rule had found "
        "when a credit note named it",
        "orders dated that day",
        owner=_ADV,
        better=Better.DOWN,
    ),
)

_PERFORMANCE = (
    _survey(SURVEY_MEAN, "sum of the scores on five points", unit=Unit.SCORE),
    _survey(
        SURVEY_SATISFIED, "answers three quarters up the scale or more", unit=Unit.RATE
    ),
)

KPIS = _PRODUCTIVITY + _QUALITY + SERVICE + _PERFORMANCE + RECEIVABLES
_BY_NAME = {kpi.name: kpi for kpi in KPIS}
_TYPE = (
    "only entry errors of type “{part}”; types overlap, so their rates don't add up to "
    "the whole"
)
_SPLIT = {
    ERROR_RATE: _TYPE,
    FOUND_LATE: _TYPE,
    SURVEY_MEAN: "only answers to the item “{part}”",
    SURVEY_SATISFIED: "only answers to the item “{part}”",
}
_FOUND_BY = "only entry errors of type “{part}” found by “{finder}”"


class UnknownKpi(LookupError):
    """No KPI has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no KPI {name!r}; `adv kpi explain` lists the names")
        self.name = name


def part_name(name: str, part: str) -> str:
    """Return the name of one part of a KPI: order_entry_error_rate:price.

    A part may have parts: order_entry_error_rate:product:unknown_product.
    """
    return f"{name}{_OF_ONE}{part}"


def is_error_type(name: str) -> bool:
    """Tell whether the name is of an error type as a whole, whatever found it."""
    base, _, part = name.partition(_OF_ONE)
    return base == ERROR_RATE and bool(part) and _OF_ONE not in part


def base_name(name: str) -> str:
    """Return the name without its part."""
    return name.partition(_OF_ONE)[0]


def definition(name: str) -> Kpi:
    """Return the definition of a KPI or of one of its parts; raises UnknownKpi."""
    base, _, part = name.partition(_OF_ONE)
    finder = ""
    if base == ERROR_RATE:
        part, _, finder = part.partition(_OF_ONE)
    whole = _BY_NAME.get(base)
    if whole is None or (part and base not in _SPLIT):
        raise UnknownKpi(name)
    if not part:
        return whole
    words = _FOUND_BY if finder else _SPLIT[base]
    return Kpi(
        name=name,
        family=whole.family,
        unit=whole.unit,
        grain=whole.grain,
        better=whole.better,
        owner=whole.owner,
        numerator=whole.numerator,
        denominator=whole.denominator,
        formula=f"{whole.formula}; {words.format(part=part, finder=finder)}",
    )
