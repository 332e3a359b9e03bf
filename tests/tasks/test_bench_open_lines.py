"""The goods of all open lines are seen in the same number of statements."""

import json

import pytest
from click.testing import CliRunner

from flows.commands.bench import bench


@pytest.fixture
def measure(tmp_path, monkeypatch):
    """Measure so many open lines in a home of its own."""
    from tasks.resources import _engine, resources

    def run(lines):
        for name in ("ADV_HOME", "ADV_PROGRESS", "ADV_DATABASE_URL"):
            monkeypatch.setenv(name, "")  # the command writes them; put back at the end
            monkeypatch.delenv(name)
        kept = ("--keep", str(tmp_path / f"home{lines}"))
        found = CliRunner().invoke(bench, [*kept, "--open-lines", str(lines), "--json"])
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    yield run
    resources().engine.dispose()
    _engine.cache_clear()


def test_many_open_lines_cost_the_statements_of_few(measure):
    few, many = measure(500), measure(4000)
    assert (few["open_lines"], many["open_lines"]) == (500, 4000)
    assert few["goods"]["statements"] == many["goods"]["statements"] < 48
    assert many["goods"]["documents"] == 4000
    assert many["goods"]["cpu_seconds"] > 0
