"""How does an outbox row become a message, and where does it go?"""

import mimetypes
from pathlib import Path

from jinja2 import Environment

from adv_domain.mail.eml_folder import EmlFolder
from adv_domain.mail.message import (
    Attachment,
    Draft,
    InvalidAddress,
    InvalidHeader,
    build,
    checked_address,
)
from adv_domain.mail.outcome import (
    Ending,
    MailConfigurationError,
    Sender,
    SendResult,
)
from adv_domain.mail.render import TemplateFault, TemplateMissing, render_mail
from adv_domain.store.mail.delivery import WaitingMail
from tasks.resources import Resources, now

_UNSENDABLE = (
    InvalidAddress,
    InvalidHeader,
    TemplateFault,
    TemplateMissing,
    FileNotFoundError,
)


class AttachmentOutside(ValueError):
    """An attachment's path leads out of the home folder."""

    def __init__(self, path: str) -> None:
        super().__init__(f"the attachment {path} is not below the home folder")
        self.path = path


def mail_sender(known: Resources, templates: Environment) -> Sender:
    """Return the mail server of the settings, or without one the folder to read in.

    Raises MailConfigurationError where the policy's sender address is no address.
    """
    try:
        checked_address(known.policy.mail.sender)
    except InvalidAddress as error:
        raise MailConfigurationError(f"policy mail.sender: {error}") from error
    if known.settings.smtp is None:
        return EmlFolder(
            known.settings.home / "outbox" / "mail",
            templates=templates,
            language=known.policy.company.language,
        )
    # 0.15 s at import, and a home without a mail server never needs it
    from adv_domain.mail.smtp import SmtpSender

    return SmtpSender(known.settings.smtp)


def attempt(
    sender: Sender, mail: WaitingMail, *, known: Resources, templates: Environment
) -> SendResult:
    """Render, build and hand over one mail; what cannot be built has failed."""
    try:
        message = build(_draft(mail, known, templates))
    except (*_UNSENDABLE, AttachmentOutside) as error:
        return SendResult(Ending.FAILED, detail=str(error))
    return sender.send(message)


def _draft(mail: WaitingMail, known: Resources, templates: Environment) -> Draft:
    policy = known.policy
    rendered = render_mail(
        templates,
        template=mail.template,
        languages=(mail.language, policy.company.language),
        context=mail.context,
    )
    return Draft(
        message_id=mail.message_id,
        dated_at=now(),
        business_date=mail.business_date,
        sender=policy.mail.sender,
        to=(mail.to_address,),
        cc=(mail.cc_address,) if mail.cc_address else (),
        reply_to=mail.reply_to or policy.mail.reply_to,
        references=tuple((mail.in_reply_to or "").split()),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        attachments=[_attachment(known.settings.home, one) for one in mail.attachments],
        kind=mail.kind,
    )


def _attachment(home: Path, name: str) -> Attachment:
    path = (home / name).resolve()
    if not path.is_relative_to(home.resolve()):
        raise AttachmentOutside(name)
    kind, _ = mimetypes.guess_type(path.name)
    return Attachment(
        filename=path.name,
        content=path.read_bytes(),
        media_type=kind or "application/octet-stream",
    )
