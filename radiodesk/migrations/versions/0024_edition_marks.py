"""A mark of what is public, drawn anew by the database itself with every change of it; beginnings of words in search"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ACTS = ("insert", "update", "delete")
PIECES_BROADCAST = "(SELECT public_id FROM published_broadcast WHERE id = {row}.broadcast_id)"
TABLES = {"published_broadcast": "{row}.public_id", "published_piece": PIECES_BROADCAST}


def upgrade() -> None:
    op.create_table(
        "edition_mark",
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_edition_mark")),
    )
    is_postgres = op.get_bind().dialect.name == "postgresql"
    fresh = "replace(gen_random_uuid()::text, '-', '')" if is_postgres else "lower(hex(randomblob(16)))"
    op.execute(f"INSERT INTO edition_mark (subject, mark) SELECT public_id, {fresh} FROM published_broadcast")  # noqa: S608
    op.execute(f"INSERT INTO edition_mark (subject, mark) VALUES ('', {fresh})")  # noqa: S608
    for table, subject in TABLES.items():
        for act in ACTS:
            row = "old" if act == "delete" else "new"
            write = _write(f"coalesce({subject.format(row=row)}, '')", fresh)
            _follow(table, act, write, is_postgres)
    if is_postgres:
        # How often a word stands in titles is told apart from how often it is said, or the planner errs widely.
        titles = "tsvector GENERATED ALWAYS AS (ts_filter(words, '{a}')) STORED"
        op.execute(f"ALTER TABLE record_fts ADD COLUMN title {titles}")
        op.create_index(op.f("ix_record_fts_title"), "record_fts", ["title"], postgresql_using="gin")
    elif sa.inspect(op.get_bind()).has_table("record_fts"):
        op.execute("DROP TABLE record_fts")
        op.execute(
            "CREATE VIRTUAL TABLE record_fts "
            "USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4')"
        )
        op.execute(
            "INSERT INTO record_fts (rowid, title, body) SELECT id, title, text FROM published_piece ORDER BY id"
        )


def _write(subject: str, fresh: str) -> str:
    """Two marks: the broadcast's and that of the whole record."""
    one = "INSERT INTO edition_mark (subject, mark) VALUES ({subject}, {fresh}) {otherwise};"
    otherwise = "ON CONFLICT (subject) DO UPDATE SET mark = excluded.mark"
    return " ".join(one.format(subject=of, fresh=fresh, otherwise=otherwise) for of in (subject, "''"))


def _follow(table: str, act: str, write: str, is_postgres: bool) -> None:
    name = f"{table}_{act}_edition"
    if not is_postgres:
        op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {write} END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {write} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    if is_postgres:
        op.drop_index(op.f("ix_record_fts_title"), table_name="record_fts")
        op.drop_column("record_fts", "title")
    for table in TABLES:
        for act in ACTS:
            name = f"{table}_{act}_edition"
            op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgres else f"DROP TRIGGER {name}")
            if is_postgres:
                op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("edition_mark")
