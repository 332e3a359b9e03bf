"""Who writes to a customer about his orders, in which language, and whom may he ask?"""

from collections.abc import Callable
from dataclasses import replace

from adv_domain.bundled import bundled_path
from adv_domain.documents.labels import labels
from adv_domain.mail.labels import Labels, labels_of
from adv_domain.mail.render import mail_templates, template_language
from adv_domain.mail.views import Letterhead
from adv_domain.rules.billing.unit_codes import unit_in_text
from adv_domain.rules.stock.progress import NOTHING, Wanted
from tasks.mail.letterheads import letterhead_to
from tasks.resources import resources

LabelsIn = Callable[[str], Labels]
"""Reads the catalogue of a language."""


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


def mail_labels(language: str) -> Labels:
    """Return what codes are called in a mail, and units: as on documents.

    Raises TemplateBroken where the company's own catalogue of documents is. A batch
    reads each language once: cache(mail_labels).
    """
    home = resources().settings.home
    folders = (home / "templates", bundled_path("templates"))
    units = labels(language, folders=folders)["units"]
    return {**labels_of(mail_templates(home), language), "units": units}


def unit_said(unit: str, words: Labels) -> str:
    """Return what follows a quantity in a mail: nothing for pieces."""
    return unit_in_text(unit, words=words["units"])
