"""The gates: style, types, layers, sizes and money hold for the whole tree."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("flows", "tasks", "adv_domain")
LONGEST_MODULE = 300


def _passes(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_style():
    _passes("ruff", "check", "--no-cache", ".")


def test_format():
    _passes("ruff", "format", "--no-cache", "--check", ".")


def test_types():
    _passes("mypy")


def test_layers():
    program = "from importlinter import cli; cli.lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _modules(*folders):
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_no_module_is_too_long(folder):
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _modules(folder)
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > LONGEST_MODULE
        and "versions" not in path.parts
    }
    if folder == "tests":
        long = {name: lines for name, lines in long.items() if lines > 500}
    assert not long


def test_rules_hold_no_float():
    found = []
    for path in _modules("adv_domain/rules"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_literal = isinstance(node, ast.Constant) and isinstance(
                node.value, float
            )
            is_call = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"float", "round"}
            )
            if is_literal or is_call:
                found.append(f"{path.name}:{node.lineno}")
    assert not found


def test_rules_read_no_clock_and_no_environment():
    forbidden = {"os", "time", "random", "logging", "socket", "pathlib"}
    found = []
    for path in _modules("adv_domain/rules"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name.split(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module.split(".")[0]]
            found += [f"{path.name}: {name}" for name in names if name in forbidden]
            if isinstance(node, ast.Attribute) and node.attr in {"today", "utcnow"}:
                found.append(f"{path.name}:{node.lineno}")
    assert not found


def test_every_module_says_what_it_answers():
    silent = [
        str(path.relative_to(ROOT))
        for path in _modules(*PACKAGES)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent
