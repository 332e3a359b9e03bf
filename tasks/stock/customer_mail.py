"""Who writes to a customer about his orders, in which language, and whom may he ask?"""

from collections.abc import Mapping
from dataclasses import replace

from adv_domain.mail.labels import labels_of
from adv_domain.mail.render import mail_templates, template_language
from adv_domain.mail.views import Letterhead
from adv_domain.rules.stock.progress import NOTHING, Wanted
from tasks.mail.letterheads import letterhead_to
from tasks.resources import resources

MAIL_LANGUAGES = ("en", "es", "fr")


def mail_language(language: str, *, template: str) -> str:
    """Return the language of a mail: the customer's, the company's, else English."""
    known = resources()
    templates = mail_templates(known.settings.home)
    tried = (language, known.policy.company.language)
    return template_language(templates, template=template, languages=tried)


def letterhead_about_orders(customer_name: str, *, language: str) -> Letterhead:
    """Write as the company, with the contact for orders in place of its own."""
    policy = resources().policy
    letterhead = letterhead_to(customer_name, language=language, policy=policy)
    return replace(
        letterhead,
        contact_phone=policy.delivery.contact_phone or letterhead.contact_phone,
        contact_email=policy.delivery.contact_email or letterhead.contact_email,
    )


def contact_name() -> str:
    """Name whom a customer may ask about his orders."""
    policy = resources().policy
    return policy.delivery.contact_name or policy.company.name


def answers_to() -> str | None:
    """Return the address that a customer's answer goes to; None: the sender's."""
    policy = resources().policy
    return policy.delivery.contact_email or policy.mail.reply_to or None


def usual_events() -> Wanted:
    """Return what a customer is told who says nothing else."""
    policy = resources().policy.delivery
    return frozenset(policy.tell) if policy.notify else NOTHING


def told_causes() -> dict[str, Mapping[str, str]]:
    """Return by language why goods come later, as customers may read it."""
    return _labels("delay_reason")


def told_remarks() -> dict[str, Mapping[str, str]]:
    """Return by language what of an order's warnings its customer may read."""
    return _labels("order_remark")


def _labels(section: str) -> dict[str, Mapping[str, str]]:
    templates = mail_templates(resources().settings.home)
    return {
        language: labels_of(templates, language).get(section, {})
        for language in MAIL_LANGUAGES
    }
