"""Does the page of the columns say what the code reads?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from adv_domain.bundled import bundled_path
from adv_domain.files.cells import Formats
from adv_domain.files.columns import FIELDS, columns_of, columns_page
from adv_domain.files.fields import Column
from flows.cli import cli
from flows.commands.import_ import _KINDS

PAGE = bundled_path("deployments") / "columns.md"
ROOT = Path(__file__).parents[2]


def test_the_page_is_the_one_of_the_code(update_golden):
    if update_golden:
        PAGE.write_text(columns_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == columns_page()


def test_every_kind_that_can_be_imported_has_its_part():
    page = columns_page()
    assert {*FIELDS, "bank"} == set(_KINDS)
    for kind in FIELDS:
        assert f"## {kind}\n" in page


@pytest.mark.parametrize("kind", FIELDS)
def test_every_example_is_understood(kind):
    for field, told in zip(FIELDS[kind], columns_of(kind), strict=True):
        assert told.example, f"{kind}.{field.name} has no example"
        assert Column(field, Formats())[told.example] is not None


def test_the_readme_leads_to_the_page():
    assert "deployments/columns.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_prints_the_columns_of_a_kind_without_a_home(tmp_path):
    where = ["--home", str(tmp_path / "none")]
    told = CliRunner().invoke(cli, [*where, "import", "prices", "--columns"])
    assert told.exit_code == 0, told.output
    assert [line.split()[0] for line in told.stdout.splitlines()] == [
        one.column for one in columns_of("prices")
    ]
    [*_, last] = json.loads(
        CliRunner().invoke(cli, ["import", "stock", "--columns", "--json"]).stdout
    )
    assert (last["column"], last["default"]) == ("as_of", "the business date")


def test_the_help_lists_the_kinds_and_a_file_is_needed():
    told = " ".join(CliRunner().invoke(cli, ["import", "--help"]).stdout.split())
    for kind in _KINDS:
        assert kind in told
    assert "adv import KIND --columns" in told
    refused = CliRunner().invoke(cli, ["import", "stock"])
    assert (refused.exit_code, "FILE" in refused.output) == (2, True)
    bank = CliRunner().invoke(cli, ["import", "bank", "--columns"])
    assert (bank.exit_code, "camt.053" in bank.stderr) == (2, True)
