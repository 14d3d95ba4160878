"""Run by Alembic: compares and changes the tables of all rooms, and leaves full-text shadow tables alone."""

from alembic import context

from radiodesk.core.database import Base
from radiodesk.migrations import metadata  # noqa: F401 - knowing all tables is the point


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic looks at a thing: all but SQLite's full-text search tables, which migrations write by hand."""
    return not (kind == "table" and name is not None and "_fts" in name)


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_name=include_name,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
