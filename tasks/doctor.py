"""Is this installation fit to run tonight, and what must be mended first?"""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from adv_domain.documents.style import LogoUnusable
from adv_domain.policies import Policy
from adv_domain.policy_company import Company
from adv_domain.policy_file import InvalidPolicy
from adv_domain.store.engine import reading
from adv_domain.store.health import Health, read_health
from adv_domain.store.schema import HEAD, schema_version
from tasks.catalogue import step_names
from tasks.checks import Check
from tasks.doctor_goods import goods_check
from tasks.doctor_stock import stock_check
from tasks.doctor_templates import templates_check
from tasks.documents.specimens import SpecimenFailed, draw_specimen
from tasks.intake.legal_terms import wrong_default
from tasks.resources import Resources, now, resources

_LEAST_FREE = 1_000_000_000
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_LANGUAGES = ("en", "es", "fr")


def examine() -> list[Check]:
    """Make every check; one that itself breaks is a bad check, never an exception."""
    checks: list[Check] = []
    looks = (
        _versions,
        _home,
        _database,
        templates_check,
        _clock,
        _policy,
        _paper,
        _smtp,
        stock_check,
        _prefect,
    )
    for look in looks:
        checks.extend(_safely(look))
    if not any(one.name == "database" and one.grade == "bad" for one in checks):
        for look in (_default_terms, goods_check, _work):
            checks.extend(_safely(look))
    return checks


def _safely(look: Callable[[Resources], Iterator[Check]]) -> list[Check]:
    try:
        return list(look(resources()))
    except Exception as error:
        return [Check(look.__name__.strip("_"), "bad", str(error).splitlines()[0])]


def _versions(_known: Resources) -> Iterator[Check]:
    for package, too_new in (
        ("prefect", (4,)),
        ("fastapi", (0, 151)),
        ("sqlalchemy", (2, 1)),
    ):
        try:
            found = version(package)
        except PackageNotFoundError:
            yield Check(
                package, "bad", "is not installed", "install the product anew with pip"
            )
            continue
        numbers = tuple(int(part) for part in found.split(".")[: len(too_new)])
        if numbers >= too_new:
            limit = ".".join(str(part) for part in too_new)
            remedy = f"pip install '{package}<{limit}': newer ones break the scheduler"
            yield Check(package, "bad", f"version {found}", remedy)
        else:
            yield Check(package, "ok", f"version {found}")


def _home(known: Resources) -> Iterator[Check]:
    home = known.settings.home
    if not home.is_dir():
        yield Check("home", "bad", f"{home} does not exist", "adv init")
        return
    missing = [
        name
        for name in ("inbox", "archive", "quarantine", "documents", "outbox")
        if not os.access(home / name, os.W_OK)
    ]
    if missing:
        yield Check(
            "home", "bad", f"cannot write {', '.join(missing)}", "adv init, or rights"
        )
    else:
        yield Check("home", "ok", str(home))
    free = shutil.disk_usage(home).free
    grade = "ok" if free > _LEAST_FREE else "warn"
    yield Check("disk", grade, f"{free / 1e9:.1f} GB free", "make room")


def _database(known: Resources) -> Iterator[Check]:
    engine = known.engine
    address = engine.url.render_as_string(hide_password=True)
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        yield Check("database", "bad", f"{address} does not exist", "adv init")
        return
    with reading(engine) as connection:
        found = schema_version(connection)
    if found != HEAD:
        yield Check("database", "bad", f"schema {found}, {HEAD} needed", "adv init")
    else:
        yield Check("database", "ok", f"{address}, schema {found}")


def _clock(known: Resources) -> Iterator[Check]:
    zone = known.settings.time_zone
    yield Check("clock", "ok", f"{now().astimezone(zone):%Y-%m-%d %H:%M} in {zone}")


def _policy(known: Resources) -> Iterator[Check]:
    file = known.settings.policy_file
    try:
        policy = known.policy
    except InvalidPolicy as error:
        remedy = f"mend it; adv policy check {file} explains each mistake"
        said = "; ".join(f"{one.key}: {one.message}" for one in error.mistakes)
        yield Check("policy", "bad", said, remedy)
        return
    yield Check("policy", "ok", str(file) if file else "the default")
    yield _company(known, policy)


def _company(known: Resources, policy: Policy) -> Check:
    if policy.company == Company():
        return Check(
            "company",
            "warn",
            "invoices would name the example company",
            f"describe yours under [company] in {known.settings.home}/policy.toml, "
            "then adv init",
        )
    return Check("company", "ok", policy.company.name)


def _paper(known: Resources) -> Iterator[Check]:
    """Draw an invoice in each language: what is wrong is better known before night."""
    for language in _LANGUAGES:
        try:
            draw_specimen(known, language=language)
        except (SpecimenFailed, LogoUnusable) as error:
            remedy = (
                f"mend it; adv documents specimen --language {language} tries again"
            )
            yield Check(f"invoices in {language}", "bad", str(error), remedy)
        else:
            yield Check(f"invoices in {language}", "ok", "can be drawn")


def _smtp(known: Resources) -> Iterator[Check]:
    smtp = known.settings.smtp
    if smtp is None:
        yield Check(
            "mail server",
            "warn",
            "none: mails are written to outbox/mail",
            "set ADV_SMTP_HOST to send them",
        )
        return
    try:
        with socket.create_connection((smtp.host, smtp.port), timeout=5):
            pass
    except OSError as error:
        yield Check(
            "mail server",
            "bad",
            f"{smtp.host}:{smtp.port}: {error}",
            "check ADV_SMTP_HOST and ADV_SMTP_PORT, or the network",
        )
        return
    grade = "warn" if smtp.tls == "none" else "ok"
    yield Check("mail server", grade, f"{smtp.host}:{smtp.port}, TLS {smtp.tls}")


def _prefect(_known: Resources) -> Iterator[Check]:
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        yield Check("prefect", "ok", "adv up starts a server on this machine only")
        return
    is_near = urlsplit(url).hostname in _LOOPBACK
    is_protected = bool(
        os.environ.get("PREFECT_API_KEY") or os.environ.get("PREFECT_API_AUTH_STRING")
    )
    if is_near or is_protected:
        yield Check("prefect", "ok", url)
    else:
        yield Check(
            "prefect",
            "warn",
            f"{url} is reachable from elsewhere and asks for no password",
            "set PREFECT_SERVER_API_AUTH_STRING there and PREFECT_API_AUTH_STRING here",
        )


def _work(known: Resources) -> Iterator[Check]:
    with reading(known.engine) as connection:
        health = read_health(connection, on=_today(known))
    yield from _runs(health)
    yield from _bank(health, known)
    yield from _backlog(health)


def _default_terms(known: Resources) -> Iterator[Check]:
    with reading(known.engine) as connection:
        wrong = wrong_default(connection, known.policy, on=_today(known))
    grade, told = ("bad", wrong) if wrong else ("ok", "known and lawful")
    yield Check("default terms", grade, told, "default_payment_terms in policy.toml")


def _runs(health: Health) -> Iterator[Check]:
    never = [name for name in step_names() if name not in health.last_completed]
    old = [
        f"{name} ({at:%Y-%m-%d})"
        for name, at in health.last_completed.items()
        if now() - at > timedelta(days=2)
    ]
    if never or old:
        text = "; ".join(
            part
            for part in (
                f"never completed: {', '.join(never)}" if never else "",
                f"not for two days: {', '.join(old)}" if old else "",
            )
            if part
        )
        yield Check("runs", "warn", text, "adv up keeps the schedules; see its UI")
    else:
        yield Check("runs", "ok", "every step completed in the last two days")


def _bank(health: Health, known: Resources) -> Iterator[Check]:
    until = health.bank_data_until
    if until is None:
        yield Check(
            "bank data", "warn", "none yet", "put camt.053 files into inbox/bank"
        )
        return
    age = (_today(known) - until).days
    grade = "ok" if age <= _stale_days(known) + 2 else "warn"
    yield Check(
        "bank data", grade, f"until {until}", "reminders wait for a newer bank file"
    )


def _today(known: Resources) -> date:
    return now().astimezone(known.settings.time_zone).date()


def _stale_days(known: Resources) -> int:
    try:
        return known.policy.payments.stale_days
    except InvalidPolicy:  # the check of the policy says so
        return Policy().payments.stale_days


def _backlog(health: Health) -> Iterator[Check]:
    if health.mail_is_stopped:
        yield Check("mail", "warn", "is stopped by a person", "adv stop-mail --off")
    waiting = health.oldest_waiting_mail
    if waiting and now() - waiting > timedelta(days=1):
        yield Check(
            "outbox", "warn", f"a mail waits since {waiting:%Y-%m-%d}", "adv run mail"
        )
    else:
        yield Check("outbox", "ok", "no mail waits longer than a day")
    for name, count, remedy in (
        ("unknown sends", health.unknown_mails, "adv outbox list --state unknown"),
        ("failures", health.open_failures, "adv failures, each with what ends it"),
        ("interrupted files", health.interrupted_files, "adv run intake"),
    ):
        grade = "warn" if count else "ok"
        yield Check(name, grade, str(count), remedy if count else "")
    yield Check("tasks", "ok", f"{health.open_tasks} open for people")
