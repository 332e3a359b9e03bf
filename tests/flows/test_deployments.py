"""Does every deployment name a flow that can be loaded, and keep the house rules?"""

import re
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect import Flow
from prefect.flows import load_flow_from_entrypoint

from adv_domain.bundled import bundled_path
from flows.directory import ENTRYPOINTS, short_name

FILE = bundled_path("deployments") / "prefect.yaml"
DEPLOYMENTS = yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]
CHAIN = [one for one in DEPLOYMENTS if one["tags"] != ["action"]]
ACTIONS = [one for one in DEPLOYMENTS if one["tags"] == ["action"]]
MODULE_ENTRYPOINT = re.compile(r"flows(\.actions)?\.\w+\.\w+")


@pytest.mark.parametrize(
    "deployment", DEPLOYMENTS, ids=[one["name"] for one in DEPLOYMENTS]
)
def test_entrypoint_loads_its_flow_without_placeholders(deployment):
    assert MODULE_ENTRYPOINT.fullmatch(deployment["entrypoint"])
    flow = load_flow_from_entrypoint(
        deployment["entrypoint"], use_placeholder_flow=False
    )
    assert isinstance(flow, Flow)
    assert flow.name == deployment["name"]
    assert not flow.retries
    assert flow.persist_result is False
    assert set(deployment.get("parameters", {})) <= set(flow.parameters.properties)
    assert deployment["description"]
    unsaid = [
        name
        for name, field in flow.parameters.properties.items()
        if not field.get("description")
    ]
    assert unsaid == []


@pytest.mark.parametrize("deployment", CHAIN, ids=[one["name"] for one in CHAIN])
def test_flow_of_the_chain_runs_one_at_a_time_for_a_day(deployment):
    assert deployment["parameters"] == {"business_date": None}
    assert deployment["concurrency_limit"] == {
        "limit": 1,
        "collision_strategy": "CANCEL_NEW",
    }


@pytest.mark.parametrize("deployment", ACTIONS, ids=[one["name"] for one in ACTIONS])
def test_form_of_an_act_asks_who_and_why_without_switches_of_type(deployment):
    flow = load_flow_from_entrypoint(
        deployment["entrypoint"], use_placeholder_flow=False
    )
    fields = flow.parameters.properties
    assert "by" in flow.parameters.required
    assert {"reason", "result"} & set(flow.parameters.required)
    switched = {name for name, field in fields.items() if "anyOf" in field}
    assert switched <= {"business_date", "until"}
    run_name = flow.flow_run_name
    asked = {name for _, name, _, _ in Formatter().parse(run_name) if name}
    assert asked <= set(fields), run_name
    assert "concurrency_limit" not in deployment


def test_every_flow_of_the_directory_is_deployed():
    deployed = {one["entrypoint"] for one in DEPLOYMENTS}
    assert set(ENTRYPOINTS.values()) <= deployed


def test_short_names_are_found_again_from_the_flows_names():
    for name, entrypoint in ENTRYPOINTS.items():
        flow_name = entrypoint.rpartition(".")[2].replace("_", "-")
        assert short_name(flow_name) == name


def test_nothing_is_pulled_so_that_no_folder_is_recorded():
    assert yaml.safe_load(FILE.read_text(encoding="utf-8"))["pull"] == []


def test_schedules_name_their_zone_and_avoid_the_hour_of_summer_time():
    schedules = [one for each in DEPLOYMENTS for one in each.get("schedules", [])]
    assert len(schedules) == 2
    for schedule in schedules:
        assert ZoneInfo(schedule["timezone"])
        _minute, hours, *_ = schedule["cron"].split()
        first, _, last = hours.partition("-")
        assert not int(first) <= 2 <= int(last or first)
