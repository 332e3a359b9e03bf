"""Where do Prefect's own files lie, and which server do the flows of a home talk to?"""

import urllib.request
from collections.abc import MutableMapping
from pathlib import Path

_ADDRESS_FILE = "api-url"
_PROBE_SECONDS = 2.0
_DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # our own log lines appear beside Prefect's in the run's page
    "PREFECT_LOGGING_EXTRA_LOGGERS": "adv",
    # a server inside the process takes 15 to 25 s to start on two cores
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
}


def prepare_environment(home: Path, environment: MutableMapping[str, str]) -> None:
    """Set what Prefect reads on import; what is set already stands.

    Prefect's files go to home/prefect. Where `adv up` runs for this home, its server
    is used.
    """
    folder = prefect_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    environment.setdefault("PREFECT_HOME", str(folder))
    for name, value in _DEFAULTS.items():
        environment.setdefault(name, value)
    address = running_server(home)
    if address is not None:
        environment.setdefault("PREFECT_API_URL", address)


def prefect_folder(home: Path) -> Path:
    """Return the folder of Prefect's own files."""
    return home / "prefect"


def running_server(home: Path) -> str | None:
    """Return the API address of the server that runs for this home, if it answers."""
    note = prefect_folder(home) / _ADDRESS_FILE
    if not note.is_file():
        return None
    address = note.read_text(encoding="utf-8").strip()
    return address if is_healthy(address) else None


def note_server(home: Path, address: str) -> None:
    """Note where the server of this home answers."""
    prefect_folder(home).mkdir(parents=True, exist_ok=True)
    (prefect_folder(home) / _ADDRESS_FILE).write_text(address + "\n", encoding="utf-8")


def forget_server(home: Path) -> None:
    """Remove the note of the server's address."""
    (prefect_folder(home) / _ADDRESS_FILE).unlink(missing_ok=True)


def is_healthy(address: str) -> bool:
    """Tell whether a Prefect server answers at the address."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=_PROBE_SECONDS) as got:
            return bool(got.status == 200)
    except (OSError, ValueError):
        return False
