"""Paging of long lists: one query a page, without counting all rows."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

T = TypeVar("T")

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, the page ``number`` of it, and whether ``more`` come after."""

    rows: list[T]
    number: int
    more: bool


def page_of(session: Session, query: Select[T], number: int, size: int = SIZE) -> Page[T]:
    """A page of what a query finds, which must say in what order."""
    found: list[Any] = list(session.scalars(query.offset((number - 1) * size).limit(size + 1)))
    return Page(found[:size], number, len(found) > size)
