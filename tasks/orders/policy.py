"""How does the company's policy read to the rules of order validation?"""

from dataclasses import replace

from adv_domain.policies import Policy
from adv_domain.rules.orders.arrears import ArrearsRules
from adv_domain.rules.orders.delivery_days import LeadTime
from adv_domain.rules.orders.exposure import CreditRules
from adv_domain.rules.orders.prices import PriceTolerance
from adv_domain.rules.orders.rule_settings import DEFAULT_SETTINGS, ValidationRules


def validation_rules(policy: Policy) -> ValidationRules:
    """Return the rules' settings: the policy's words over the defaults."""
    section = policy.validation
    severity: dict[str, str] = dict(section.severity)  # type: ignore[arg-type]  # literals are strings
    if policy.intake.duplicate_reference == "allow":
        severity.setdefault("duplicate_reference", "off")
    if section.price_that_stands == "customer":
        # no price is ever replaced, and no line need be looked at for it
        severity["price_replaced"] = "off"
    owner: dict[str, str] = dict(section.owner)  # type: ignore[arg-type]  # literals are strings
    return ValidationRules(
        settings={
            code: replace(
                setting,
                severity=severity.get(code, setting.severity),
                owner=owner.get(code, setting.owner),
            )
            for code, setting in DEFAULT_SETTINGS.items()
        },
        price_tolerance=PriceTolerance(
            rate=section.price_tolerance_rate,
            amount=section.price_tolerance_amount,
            currency=policy.company.currency,
        ),
        charge_tolerance=PriceTolerance(
            rate=section.charge_tolerance_rate,
            amount=section.charge_tolerance_amount,
            currency=policy.company.currency,
        ),
        group_tolerances={
            group: PriceTolerance(one.rate, one.amount, policy.company.currency)
            for group, one in section.group_tolerances.items()
        },
        prices_are_agreed=section.prices == "agreed",
        lead_time=LeadTime(
            days=section.lead_days,
            counts=section.lead_time,
            cut_off_hour=section.order_cut_off_hour,
        ),
        max_quantity=section.max_quantity,
        quantity_step=section.quantity_step,
        arrears=ArrearsRules(
            currency=policy.company.currency,
            overdue_days=policy.credit.overdue_days,
            minimum=policy.credit.overdue_minimum,
            dunned_from_level=section.block_at_dunning_level,
        ),
        countries_served=frozenset(section.countries_served),
        promises_all=policy.availability.enabled,
    )


def credit_rules(policy: Policy) -> CreditRules:
    """Return which classes of money count towards a limit."""
    section = policy.credit
    return CreditRules(
        count_open_items=section.count_open_items,
        count_unapplied=section.count_unapplied,
        count_unbilled=section.count_unbilled,
        count_accepted_orders=section.count_accepted_orders,
        advance_payment_passes=section.advance_payment_passes,
    )
