"""The one way in which a feed document is refused, whatever its format."""

from radiodesk.core.errors import Unreadable

MAX_BYTES = 10_000_000
"""Larger documents are refused unread; the largest real capture seen so far is under one hundredth of it."""


class FeedUnreadable(Unreadable):
    """A document is no feed, or is broken so that nothing in it can be trusted; one sentence says which and why."""
