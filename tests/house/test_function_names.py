"""What changes something is named as a command, what answers a question as a question.

A participle may name a function that only gives a value (``merged(spans)``, as Python's ``sorted``), a property, or a
context manager (``acting(call)``, as ``contextlib.closing``). One that changes something is a command (``merge``), one
that tells yes or no is a question (``is_merged``), and a question changes nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "radiodesk"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IRREGULAR = _words(
    """
    become begun born borne bought bound broken brought built caught chosen done drawn driven fallen felt found
    forgotten given gone grown heard held hidden kept known laid led left lent lost made meant met paid risen said
    seen sent shaken shown sold sought spent spoken stolen stood struck sung taken taught thought thrown told torn
    understood undone won worn written
    """
)
NO_PARTICIPLE = _words(
    """
    bed evening exceed feed finding greeting heading kind king meaning morning need nothing proceed reading recording
    red ring seed sending setting shed speed spelling string thing warning wording
    """
)
"""Nouns and verbs that only end like participles."""

CHANGES = _words(
    """
    add add_all append clear delete discard extend flush insert mkdir pop record remove rename rmdir setdefault touch
    unlink update write write_bytes write_text
    """
)
"""Methods that change the object that they are called on, or the disk behind it."""

QUESTION = re.compile(r"(is|has|have|was|were|are|can|may|must|should)_")

ALLOWED = {
    "language/places/finder.py: __missing__": "Python gives the name",
}


def is_participle(word: str) -> bool:
    return word in IRREGULAR or (re.fullmatch(r"\w{2,}(ed|ing)", word) is not None and word not in NO_PARTICIPLE)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions of the module and methods; those within functions are values that have a name for a moment."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef | ast.If | ast.Try):
            yield from functions(node)


def changes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it changes one of its arguments, as far as its own text shows."""
    given = {one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            touched = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            touched = node.func.value
        else:
            continue
        while isinstance(touched, ast.Attribute | ast.Subscript):
            touched = touched.value
        if isinstance(touched, ast.Name) and touched.id in given | {"audit", "events"}:
            return True
    return False


def misnamed(source: str) -> Iterator[tuple[str, str]]:
    """Functions of a module whose name says something else than they do, and why."""
    for function in functions(ast.parse(source)):
        marks = {ast.unparse(mark).split("(")[0] for mark in function.decorator_list}
        if marks & {"property", "cached_property", "contextmanager", "fixture"}:
            continue
        given = ast.unparse(function.returns) if function.returns else ""
        if QUESTION.match(name := function.name.strip("_")):
            if changes(function):
                yield function.name, "a question that changes something"
            elif given != "bool":
                yield function.name, "a question that does not tell yes or no"
        elif is_participle(name.split("_")[0]):
            if given in ("", "None") or changes(function):
                yield function.name, "a participle that changes something: name it as a command"
            elif given == "bool":
                yield function.name, "a participle that tells yes or no: name it as a question"


def test_functions_are_named_after_what_they_do() -> None:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "versions" not in path.parts:
            place = path.relative_to(PACKAGE).as_posix()
            found.update({f"{place}: {name}": why for name, why in misnamed(path.read_text(encoding="utf-8"))})
    assert {name: why for name, why in found.items() if name not in ALLOWED} == {}
    assert ALLOWED.keys() <= found.keys()


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        ("def called_back(call, at) -> None:\n    call.called_back_at = at", "called_back"),
        ("def received(session, row) -> Row:\n    session.add(row)\n    return row", "received"),
        ("def sent(session) -> None:\n    pass", "sent"),
        ("def signed(body: bytes) -> bool:\n    return True", "signed"),
        ("class A:\n    def taken_in(self) -> None:\n        self.x = 1", "taken_in"),
        ("def is_open(session, line) -> bool:\n    session.add(line)\n    return True", "is_open"),
        ("def may_decide(row) -> None:\n    raise ValueError", "may_decide"),
    ],
)
def test_a_planted_name_is_found(planted: str, name: str) -> None:
    assert [found for found, _ in misnamed(planted)] == [name]


@pytest.mark.parametrize(
    "allowed",
    [
        "def merged(spans: list) -> list:\n    return sorted(spans)",
        "def cleaned(text: str) -> str:\n    return text.replace('a', 'b')",
        "class A:\n    @property\n    def closed(self) -> bool:\n        return True",
        "@contextmanager\ndef acting(call):\n    yield",
        "def feed(self, data) -> None:\n    self.held.append(data)",
        "def is_merged(spans: list) -> bool:\n    return True",
    ],
)
def test_these_names_are_let_through(allowed: str) -> None:
    assert list(misnamed(allowed)) == []
