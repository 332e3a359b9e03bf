"""What is wrong with a template of the company's own, and where?"""

from pathlib import Path


class TemplateBroken(Exception):
    """A layout or catalogue cannot be used; says which file, which line, and why."""

    def __init__(self, *, file: Path, line: int | None, why: str) -> None:
        where = f"{file}, line {line}" if line else str(file)
        super().__init__(f"{where}: {why}")
        self.file = file
        self.line = line
        self.why = why
