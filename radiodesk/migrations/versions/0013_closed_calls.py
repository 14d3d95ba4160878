"""With a publication stands which calls its copy was made without, and when it was closed for one that came later.

Copies that are public already say in their logs when closed callers were on air, so the logs go at once and the copies
are made anew.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0013"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

publication = sa.table(
    "publication",
    sa.column("id"),
    sa.column("state"),
    sa.column("revision"),
    sa.column("published_at", Moment()),
)
published = sa.table("published_broadcast", sa.column("as_run", sa.JSON()), sa.column("removed", sa.JSON()))
job = sa.table(
    "job",
    sa.column("kind"),
    sa.column("subject"),
    sa.column("state"),
    sa.column("attempts"),
    sa.column("created_at", Moment()),
    sa.column("progress"),
)


def upgrade() -> None:
    op.add_column("publication", sa.Column("closed_calls", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("publication", sa.Column("closed_at", Moment(), nullable=True))
    with op.batch_alter_table("publication") as table:
        table.alter_column("closed_calls", server_default=None)
    op.execute(published.update().values(as_run=[], removed={}))
    public = publication.c.state == "published"
    held = op.get_bind().execute(sa.select(publication.c.id, publication.c.published_at).where(public)).all()
    waiting = {"kind": "record.publish", "state": "waiting", "attempts": 0, "progress": 0.0}
    for key, published_at in held:
        op.execute(job.insert().values(**waiting, subject=key, created_at=published_at))
    op.execute(publication.update().where(public).values(state="waiting", revision=publication.c.revision + 1))


def downgrade() -> None:
    op.drop_column("publication", "closed_at")
    op.drop_column("publication", "closed_calls")
