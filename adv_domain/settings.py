"""How is this installation set up? Everything comes from ADV_ environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DATABASE_REMEDY = (
    "use sqlite:///FILE or postgresql://USER:SECRET@HOST/NAME, or leave it out for a "
    "file in the home folder"
)
_DATABASES = frozenset({"sqlite", "postgresql", "postgres", "postgresql+psycopg"})
_GREATEST = 1e9
_LANGUAGES = ("en", "es", "fr")
_TLS_MODES = ("none", "starttls", "tls")


class SettingWrong(ValueError):
    """An environment variable has a value that cannot be used."""

    def __init__(self, *, name: str, value: str, remedy: str) -> None:
        super().__init__(f"ADV_{name}={value!r}: {remedy}")
        self.name = name


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail leaves; passwords come from the environment only."""

    host: str
    port: int
    tls: str
    username: str | None
    password: str | None = field(repr=False)
    timeout: float
    ca_file: str | None


@dataclass(frozen=True, slots=True)
class StockSettings:
    """Where messages to stock leave over HTTP; the secret that signs them comes from
    the environment only."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    timeout: float
    ca_file: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The installation: home folder, database, zone, batch size, mail server.

    language is what the command line tells its reader faults in. render_workers is
    how many processes draw documents; 0: as many as there are processors.
    """

    home: Path
    database_url: str
    time_zone: ZoneInfo
    language: str
    batch_size: int
    lock_wait_seconds: float
    render_workers: int
    progress_file: Path | None
    smtp: SmtpSettings | None
    smtp_retry_seconds: int
    stock: StockSettings | None

    @property
    def policy_file(self) -> Path | None:
        """The company's policy, where it has one of its own."""
        path = self.home / "policy.toml"
        return path if path.exists() else None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raises SettingWrong naming the variable and the remedy."""
    home = Path(environment.get("ADV_HOME") or "adv-home").absolute()
    progress = environment.get("ADV_PROGRESS")
    return Settings(
        home=home,
        database_url=_database(environment) or f"sqlite:///{home}/adv.db",
        time_zone=_zone(environment.get("ADV_TIME_ZONE") or "Europe/Madrid"),
        language=_language(environment.get("ADV_LANGUAGE") or "en"),
        batch_size=int(_number(environment, "BATCH_SIZE", default=1000, least=1)),
        lock_wait_seconds=_number(environment, "LOCK_WAIT_SECONDS", default=10),
        render_workers=int(_number(environment, "RENDER_WORKERS", default=0, most=64)),
        progress_file=Path(progress) if progress else None,
        smtp=_smtp(environment),
        smtp_retry_seconds=int(_number(environment, "SMTP_RETRY_SECONDS", default=900)),
        stock=_stock(environment),
    )


def _database(environment: Mapping[str, str]) -> str | None:
    """Return the address given; a fault names its kind only, since it holds secrets."""
    url = environment.get("ADV_DATABASE_URL")
    if not url:
        return None
    kind = url.partition("://")[0] if "://" in url else ""
    if kind not in _DATABASES:
        raise SettingWrong(
            name="DATABASE_URL", value=f"{kind}://…", remedy=DATABASE_REMEDY
        )
    return url


def _smtp(environment: Mapping[str, str]) -> SmtpSettings | None:
    host = environment.get("ADV_SMTP_HOST")
    if not host:
        return None
    tls = environment.get("ADV_SMTP_TLS") or "starttls"
    if tls not in _TLS_MODES:
        raise SettingWrong(
            name="SMTP_TLS", value=tls, remedy=f"use one of {', '.join(_TLS_MODES)}"
        )
    default_port = {"none": 25, "starttls": 587, "tls": 465}[tls]
    return SmtpSettings(
        host=host,
        port=int(
            _number(environment, "SMTP_PORT", default=default_port, least=1, most=65535)
        ),
        tls=tls,
        username=environment.get("ADV_SMTP_USERNAME") or None,
        password=environment.get("ADV_SMTP_PASSWORD") or None,
        timeout=_number(environment, "SMTP_TIMEOUT", default=30),
        ca_file=environment.get("ADV_SMTP_CA_FILE") or None,
    )


def _stock(environment: Mapping[str, str]) -> StockSettings | None:
    """Return where messages to stock go; a fault does not repeat the address, which
    may hold a password."""
    url = environment.get("ADV_STOCK_URL")
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        remedy = "use https://HOST/PATH"
        raise SettingWrong(name="STOCK_URL", value="…", remedy=remedy)
    secret = environment.get("ADV_STOCK_SECRET") or ""
    if not secret.strip():
        remedy = "set the secret that signs messages; the receiver needs the same"
        raise SettingWrong(name="STOCK_SECRET", value="", remedy=remedy)
    return StockSettings(
        url=url,
        secret=secret,
        timeout=_number(environment, "STOCK_TIMEOUT", default=10),
        ca_file=environment.get("ADV_STOCK_CA_FILE") or None,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingWrong(
            name="TIME_ZONE", value=name, remedy="use a name like Europe/Madrid"
        ) from error


def _language(code: str) -> str:
    if code not in _LANGUAGES:
        raise SettingWrong(
            name="LANGUAGE", value=code, remedy=f"use one of {', '.join(_LANGUAGES)}"
        )
    return code


def _number(
    environment: Mapping[str, str],
    name: str,
    *,
    default: float,
    least: float = 0,
    most: float = _GREATEST,
) -> float:
    value = environment.get(f"ADV_{name}")
    if not value:
        return default
    try:
        number = float(value)
    except ValueError as error:
        raise SettingWrong(name=name, value=value, remedy="use a number") from error
    if not least <= number <= most:
        bound = "" if most == _GREATEST else f" and at most {most:g}"
        raise SettingWrong(
            name=name, value=value, remedy=f"use a number of at least {least:g}{bound}"
        )
    return number
