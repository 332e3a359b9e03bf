"""Where is the work now? One JSON line per stage start, batch and stage end."""

import json
import os
from pathlib import Path

from tasks.resources import now


def report(*, stage: str, event: str, done: int) -> None:
    """Append one line to the file named by ADV_PROGRESS, if it is set."""
    path = os.environ.get("ADV_PROGRESS")
    if not path:
        return
    line = {"stage": stage, "event": event, "done": done, "at": now().isoformat()}
    with Path(path).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
