"""How does a test wait for the moment at which it kills a run?"""

import time


def wait_for_batches(path, count):
    """Wait until the progress file tells of so many committed batches."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if path.exists() and path.read_text().count('"batch"') >= count:
            return
        time.sleep(0.005)
    raise AssertionError("the run made no progress")
