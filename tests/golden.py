"""Does a file come out byte by byte as the one that was looked at?"""

from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def same_as_golden(name, content, *, update):
    """Compare with tests/golden/<name>, or write it anew."""
    path = FOLDER / name
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert path.read_bytes() == content
