"""Does `adv up` start everything, say where, and end it all when asked?"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.commands.up import up
from flows.prefect_home import is_healthy, running_server

ROOT = Path(__file__).resolve().parent.parent.parent.parent


@pytest.fixture
def no_prefect(monkeypatch):
    for name in list(os.environ):
        if name.startswith("PREFECT_"):
            monkeypatch.delenv(name)


def test_server_that_does_not_answer_is_a_configuration_error(
    sqlite_home, no_prefect, monkeypatch
):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    result = CliRunner().invoke(up)
    assert result.exit_code == 2
    assert "no Prefect server answers at PREFECT_API_URL" in result.output


def test_port_in_use_is_told(sqlite_home, no_prefect):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = CliRunner().invoke(up, ["--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2
    assert "is in use; choose another with --port" in result.output


@pytest.mark.slow
def test_everything_starts_and_ends_with_one_process(sqlite_home, no_prefect):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = sqlite_home / "up.log"
    with said.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "up", "--port", str(port)],
            cwd=sqlite_home.parent,
            env={**os.environ, "ADV_HOME": "home", "PYTHONPATH": str(ROOT)},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + 300
        while "stop with Ctrl-C" not in said.read_text():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until, said.read_text()
            time.sleep(0.5)
        assert running_server(sqlite_home) == f"http://127.0.0.1:{port}/api"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=90)
    assert process.returncode == 0, said.read_text()
    assert said.read_text().endswith("Stopped.\n")
    assert not is_healthy(f"http://127.0.0.1:{port}/api")
    assert running_server(sqlite_home) is None
