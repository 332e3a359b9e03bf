"""A few questions to a Prefect server's API, as its UI asks them."""

import json
import time
import urllib.error
import urllib.request
import uuid

BUSY = 503  # the server's answer while its database is locked: ask again

FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


class PrefectApi:
    """The API at an address."""

    def __init__(self, address):
        self.address = address

    def get(self, path):
        return self._answer(urllib.request.Request(f"{self.address}{path}"))

    def post(self, path, body):
        return self._answer(
            urllib.request.Request(
                f"{self.address}{path}",
                data=json.dumps(body).encode(),
                headers={"content-type": "application/json"},
            )
        )

    def _answer(self, request, *, seconds=60):
        """Ask until the server is not busy, as Prefect's own client and UI do."""
        until = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as got:
                    return json.load(got)
            except urllib.error.HTTPError as refused:
                if refused.code != BUSY or time.monotonic() > until:
                    raise
            time.sleep(1)

    def start(self, name, **parameters):
        """Ask for a run of the deployment, as its form does; return the run's id."""
        deployment = self.get(f"/deployments/name/{name}/{name}")
        body = {
            "parameters": parameters,
            "state": {"type": "SCHEDULED"},
            "idempotency_key": str(uuid.uuid4()),  # asked twice is started once
        }
        return self.post(f"/deployments/{deployment['id']}/create_flow_run", body)["id"]

    def end_of(self, run_id, *, attempt=1, seconds=240):
        """Wait until the run has ended for the given time and return it."""
        until = time.monotonic() + seconds
        while True:
            run = self.get(f"/flow_runs/{run_id}")
            if run["run_count"] >= attempt and run["state"]["type"] in FINAL:
                return run
            assert time.monotonic() < until, f"{run['name']} is {run['state']}"
            time.sleep(0.5)

    def scheduled(self, name):
        """Return the runs of the deployment that wait for their time."""
        runs = {
            "deployments": {"name": {"any_": [name]}},
            "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        }
        return self.post("/flow_runs/filter", runs)

    def subflows(self, run_id):
        """Return the subflow runs of a parent by flow, the newest of each."""
        runs = self.post(
            "/flow_runs/filter",
            {
                "flow_runs": {"parent_flow_run_id": {"any_": [run_id]}},
                "sort": "START_TIME_ASC",
            },
        )
        return {run["name"].rpartition(" ")[0]: run for run in runs}

    def reports(self, run_id):
        """Return the Markdown artifacts of a run."""
        found = self.post(
            "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}}}
        )
        return [one["data"] for one in found]
