"""One Prefect server for all flow tests."""

import pytest


@pytest.fixture(scope="session")
def prefect_server():
    """A Prefect server of the tests' own, with its database in a temporary folder."""
    from prefect.testing.utilities import prefect_test_harness

    # two shared cores: a server takes 15 to 25 s to start, more under load
    with prefect_test_harness(server_startup_timeout=300):
        yield
