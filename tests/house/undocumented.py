"""Finds where a module touches undocumented parts of a library."""

import ast
import sys
from collections.abc import Iterator

MODULES = (
    "ctranslate2.specs",
    "faster_whisper.feature_extractor",
    "faster_whisper.tokenizer",
    "faster_whisper.vad",
    "pyttsx3.driver",
    "pyttsx3.drivers",
    "waitress.channel",
    "waitress.parser",
    "waitress.server",
    "waitress.task",
    "waitress.utilities",
    "waitress.wasyncore",
)
"""Modules that their libraries do not document as meant for use, although their names have no underscore."""

DOCUMENTED = {
    "_get_current_object": "LocalProxy of Werkzeug documents it as the way to the object",
    "_exit": "os._exit is documented",
}
"""Names with an underscore that are part of a documented interface."""

BASES = frozenset(
    {
        "click.Group",
        "flask.sessions.SecureCookieSessionInterface",
        "pydantic.BaseModel",
        "pydantic_settings.BaseSettings",
        "sqlalchemy.orm.DeclarativeBase",
        "prometheus_client.registry.Collector",
        "psycopg.adapt.Dumper",
        "sqlalchemy.types.TypeDecorator",
        "werkzeug.routing.IntegerConverter",
    }
)
"""Classes of libraries that are documented as bases for one's own."""

OPEN = frozenset({"flask.g"})
"""Objects of libraries that are there to be given attributes."""


def breaches(source: str) -> Iterator[str]:
    """What of ``source`` needs more of a library than it documents, with the line."""
    tree = ast.parse(source)
    imported = _imported(tree)
    own = _own(tree)
    for node in ast.walk(tree):
        for why in (*_imports(node), *_reads(node, own), *_bases(node, imported), *_patches(node, imported)):
            yield f"{node.lineno}: {why}"  # type: ignore[attr-defined]


def _is_foreign(module: str) -> bool:
    head = module.split(".")[0]
    return head != "radiodesk" and head not in sys.stdlib_module_names and head != "__future__"


def _is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def _imported(tree: ast.AST) -> dict[str, str]:
    """Names of this module that came from a library, with where from."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and _is_foreign(node.module):
            found.update({name.asname or name.name: f"{node.module}.{name.name}" for name in node.names})
        elif isinstance(node, ast.Import):
            for name in node.names:
                if _is_foreign(name.name):
                    found[name.asname or name.name.split(".")[0]] = name.name
    return found


def _own(tree: ast.AST) -> set[str]:
    """Private names that this module itself gives: functions, class attributes, attributes of ``self``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            found.add(node.attr)
    return found


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _imports(node: ast.AST) -> Iterator[str]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [name.name for name in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [f"{node.module}.{name.name}" for name in node.names]
    for name in filter(_is_foreign, names):
        if any(map(_is_private, name.split("."))) or f"{name}.".startswith(tuple(f"{part}." for part in MODULES)):
            yield f"imports {name}"


def _reads(node: ast.AST, own: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and _is_private(node.attr) and node.attr not in DOCUMENTED:
        if node.attr not in own:
            yield f"uses {ast.unparse(node)}"
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "setattr", "hasattr", "delattr"):
        for name in node.args[1:2]:
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and _is_private(name.value):
                yield f"uses {ast.unparse(node)}"


def _bases(node: ast.AST, imported: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        for base in node.bases:
            written = ast.unparse(base).split("[")[0]
            head, _, rest = written.partition(".")
            if head in imported and (name := f"{imported[head]}.{rest}".strip(".")) not in BASES:
                yield f"{node.name} is derived from {name}"


def _patches(node: ast.AST, imported: dict[str, str]) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        if isinstance(target, ast.Attribute):
            head = ast.unparse(target).split(".")[0].split("(")[0].split("[")[0]
            if head in imported and imported[head] not in OPEN:
                yield f"changes {ast.unparse(target)}"
