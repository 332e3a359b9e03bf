"""Does adv end quietly when its reader has seen enough?"""

import os
import subprocess
import sys

import pytest

from tests.first_day import ROOT


@pytest.mark.parametrize(
    "arguments", [["outbox", "list"], ["--help"], ["outbox", "list", "--json"]]
)
def test_a_closed_pipe_is_no_failure(sqlite_home, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
