"""Are Prefect's settings ours where nothing else is set, and is its server found?"""

from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from flows.directory import NoSuchFlow, prefect_flow
from flows.prefect_home import (
    forget_server,
    is_healthy,
    note_server,
    prepare_environment,
    running_server,
)
from flows.through_prefect import run_through_prefect

DAY = date(2026, 1, 31)


@contextmanager
def an_answering_server():
    class Health(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    listening = HTTPServer(("127.0.0.1", 0), Health)
    thread = Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/api"
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def test_prefect_keeps_its_files_in_the_home_and_tells_nobody(tmp_path):
    environment = {}
    prepare_environment(tmp_path, environment)
    assert environment["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert "PREFECT_API_URL" not in environment


def test_what_the_operator_has_set_stands(tmp_path):
    given = {"PREFECT_HOME": "elsewhere", "PREFECT_API_URL": "http://other/api"}
    environment = dict(given)
    prepare_environment(tmp_path, environment)
    assert {name: environment[name] for name in given} == given


def test_server_of_this_home_is_used_while_it_answers(tmp_path):
    with an_answering_server() as address:
        note_server(tmp_path, address)
        assert running_server(tmp_path) == address
        environment = {}
        prepare_environment(tmp_path, environment)
        assert environment["PREFECT_API_URL"] == address
    assert running_server(tmp_path) is None
    forget_server(tmp_path)
    forget_server(tmp_path)
    assert not is_healthy("nonsense")


def test_run_command_gets_how_each_step_ended(sqlite_home, prefect_server, monkeypatch):
    environment = {}
    prepare_environment(sqlite_home, environment)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    [end] = run_through_prefect("documents", on=DAY, home=sqlite_home)
    assert end.step == "documents"
    assert end.outcome.message == "nothing to do"


def test_unknown_flow_is_told_with_the_names_that_exist():
    with pytest.raises(NoSuchFlow, match="nightly"):
        prefect_flow("weekly")
