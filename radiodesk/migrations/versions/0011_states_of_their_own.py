"""That a broadcast is sealed or published stands with its package and its publication alone"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


broadcast = sa.table(
    "broadcast", sa.column("id"), sa.column("state"), sa.column("sealed_at"), sa.column("published_at")
)
package = sa.table("package", sa.column("broadcast_id"), sa.column("state"), sa.column("sealed_at"))
publication = sa.table("publication", sa.column("broadcast_id"), sa.column("published_at"), sa.column("withdrawn_at"))


def upgrade() -> None:
    over = broadcast.c.state.in_(("sealed", "published"))
    op.execute(broadcast.update().where(over).values(state="ended"))
    op.drop_column("broadcast", "published_at")
    op.drop_column("broadcast", "sealed_at")


def downgrade() -> None:
    op.add_column("broadcast", sa.Column("sealed_at", Moment(), nullable=True))
    op.add_column("broadcast", sa.Column("published_at", Moment(), nullable=True))
    sealed = (package.c.broadcast_id == broadcast.c.id) & (package.c.state == "sealed")
    at = sa.select(package.c.sealed_at).where(sealed).scalar_subquery()
    op.execute(broadcast.update().where(sa.exists().where(sealed)).values(state="sealed", sealed_at=at))
    public = (publication.c.broadcast_id == broadcast.c.id) & publication.c.published_at.is_not(None)
    at = sa.select(publication.c.published_at).where(public).scalar_subquery()
    op.execute(broadcast.update().where(sa.exists().where(public)).values(published_at=at))
    public &= publication.c.withdrawn_at.is_(None)
    op.execute(broadcast.update().where(sa.exists().where(public)).values(state="published"))
