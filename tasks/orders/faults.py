"""Which fault rows are new, changed or gone, compared with those on record?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.rule_settings import RuleSetting
from adv_domain.rules.orders.waivers import Waiver
from adv_domain.store.orders.validation import KnownFault


@dataclass(frozen=True, slots=True)
class FaultRows:
    """Rows to insert, rows to update, and the orders of which that is worth telling.

    A fault that says the same with other values, as an exposure that grew, is not.
    """

    new: list[dict[str, Any]]
    changed: list[tuple[Any, ...]]
    order_ids: set[int]


def waivers_among(
    known: Iterable[KnownFault], *, given_now: frozenset[int]
) -> tuple[Waiver, ...]:
    """Return what was waived of the faults on record; given_now are ids of faults."""
    return tuple(
        Waiver(
            fault.line_no,
            fault.code,
            fault.message,
            fault.clash,
            is_given_now=fault.id in given_now,
        )
        for fault in known
        if fault.waived_by is not None
    )


def fault_rows(
    found: Iterable[tuple[int, Sequence[OrderFault], frozenset[tuple[int, str]]]],
    *,
    known: Mapping[int, Sequence[KnownFault]],
    settings: Mapping[str, RuleSetting],
    on: date,
    waived_now: frozenset[int] = frozenset(),
) -> FaultRows:
    """Compare what was found, by order, with the faults on record.

    What a waiver covers stays as it was when it was waived; what goes beyond it
    stands again. waived_now are the ids of faults whose waiver is being given.
    """
    rows = FaultRows(new=[], changed=[], order_ids=set())
    for order_id, faults, waived in found:
        on_record = {(one.line_no, one.code): one for one in known.get(order_id, ())}
        for fault in faults:
            key = (fault.line_no, fault.code)
            before = on_record.pop(key, None)
            setting = settings[fault.code]
            if before is not None and key in waived:
                if before.id in waived_now:
                    rows.changed.append(_waived_row(before, fault))
                continue
            if before is None:
                rows.new.append(_new_row(order_id, fault, setting, on))
                rows.order_ids.add(order_id)
            elif _says_other(before, fault, setting):
                rows.changed.append(_changed_row(before, fault, setting))
                rows.order_ids.add(order_id)
            elif before.clash != fault.clash:
                rows.changed.append(_changed_row(before, fault, setting))
        gone = [one for one in on_record.values() if one.resolved_on is None]
        rows.changed.extend(_resolved_row(one, on) for one in gone)
        rows.order_ids.update(one.order_id for one in gone)
    return rows


def _says_other(before: KnownFault, fault: OrderFault, setting: RuleSetting) -> bool:
    stands = (before.message, before.severity, before.owner)
    says = (fault.message, setting.severity, setting.owner)
    return before.resolved_on is not None or stands != says


def _new_row(
    order_id: int, fault: OrderFault, setting: RuleSetting, on: date
) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "line_no": fault.line_no,
        "code": fault.code,
        "family": setting.family,
        "severity": setting.severity,
        "owner": setting.owner,
        "field": fault.field,
        "message": fault.message,
        "clash": fault.clash,
        "found_on": on,
        "resolved_on": None,
    }


def _changed_row(
    before: KnownFault, fault: OrderFault, setting: RuleSetting
) -> tuple[Any, ...]:
    says = (fault.message, fault.clash, setting.severity, setting.owner)
    return (before.id, *says, None, None, None)


def _waived_row(before: KnownFault, fault: OrderFault) -> tuple[Any, ...]:
    """Keep the waiver with the values that it is given for."""
    says = (fault.message, fault.clash, before.severity, before.owner)
    kept = (before.resolved_on, before.waived_by, before.waived_reason)
    return (before.id, *says, *kept)


def _resolved_row(gone: KnownFault, on: date) -> tuple[Any, ...]:
    says = (gone.message, gone.clash, gone.severity, gone.owner)
    return (gone.id, *says, on, None, None)
