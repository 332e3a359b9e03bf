"""Does `adv policy check` explain every mistake, and need no home?"""

import json

from click.testing import CliRunner

from adv_domain.bundled import bundled_path
from flows.cli import cli


def check(*words):
    return CliRunner().invoke(cli, ["policy", "check", *map(str, words)])


def test_the_shipped_policy_is_sound():
    result = check(bundled_path("deployments") / "policy.toml", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["valid"] is True


def test_without_a_file_the_homes_policy_is_checked(tmp_path):
    (tmp_path / "policy.toml").write_text("[kpis]\nrecompute_days = 0\n")
    result = check("--home", tmp_path)
    assert result.exit_code == 1 and result.stdout.startswith("kpis.recompute_days: ")
    (tmp_path / "policy.toml").unlink()
    assert check("--home", tmp_path).stdout == "the built-in policy: no mistakes\n"


def test_mistakes_are_listed_for_programs(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[validation]\nlead_days = -1\nprize = 2\n")
    result = check(path, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["mistakes"]
    assert [one["key"] for one in found] == ["validation.lead_days", "validation.prize"]


def test_a_file_that_cannot_be_read_is_a_usage_fault(tmp_path):
    assert check(tmp_path).exit_code == 2
    assert check(tmp_path / "none.toml").exit_code == 2


def test_a_ladder_that_ends_without_a_person_is_warned_of(tmp_path):
    path = tmp_path / "mine.toml"
    levels = 'levels = [{level = 1, channel = "email"}]'
    path.write_text(f'[[dunning.policies]]\nname = "soft"\n{levels}\n')
    result = check(path)
    assert result.exit_code == 0
    assert "warning: dunning.policies[1]: the last level of 'soft'" in result.stdout
    [warning] = json.loads(check(path, "--json").stdout)["warnings"]
    assert warning["key"] == "dunning.policies[1]"


def test_times_of_a_team_that_has_no_rule_are_warned_of(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[holds.team_hours]\nsales = 4\nsails = 2\n")
    [warning] = json.loads(check(path, "--json").stdout)["warnings"]
    assert warning["key"] == "holds.team_hours.sails"
    assert "there are: credit control, master data, order desk" in warning["message"]
