"""Stores: where finished objects lie, found by name. This is the one place that knows which there are.

Built-in stores and plug-ins are found in the same way, through the entry-point group ``radiodesk.stores``; the names
below are tried as well, so that a checkout that was updated without being installed again still knows its own.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from pydantic import SecretStr

from radiodesk.core.settings import Settings
from radiodesk.core.stores.object_keys import checked
from radiodesk.core.stores.ports import PatientStore, Store, StoreSetup, StoreUnknown
from radiodesk.core.stores.shelves import Shelf

__all__ = ["BUILT_IN", "GROUP", "Backlog", "copy_shelf", "registered_stores", "shelf", "store_of", "waiting_of"]

GROUP = "radiodesk.stores"

BUILT_IN = {
    "folder": "radiodesk.core.stores.folder_store:FolderStore",
    "s3": "radiodesk.core.stores.s3_store:S3Store",
}


def registered_stores() -> Mapping[str, str]:
    """The class of every known store by its name; a plug-in of the same name replaces the built-in one."""
    return BUILT_IN | {point.name: point.value for point in entry_points(group=GROUP)}


def store_of(settings: Settings) -> Store:
    """The station's store, made once a process; raises ``StoreUnknown``."""
    options = settings.stores.get(settings.store, {})
    return _made(settings.store, settings.data.resolve(), tuple(sorted(options.items(), key=lambda one: one[0])))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits on this machine for the store: how many objects and deletions, their bytes, the oldest since when."""

    count: int
    size: int
    since: datetime


def waiting_of(settings: Settings) -> Backlog | None:
    """What the store does not have yet; ``None`` where nothing waits. Asks no network."""
    store = store_of(settings)
    waiting = store.waiting() if isinstance(store, PatientStore) else ()
    return Backlog(len(waiting), sum(one.size for one in waiting), waiting[0].since) if waiting else None


def shelf(settings: Settings, name: str) -> Shelf:
    """The part of the station's store that is called ``name``."""
    return Shelf(store_of(settings), checked(name), settings.work.resolve())


def copy_shelf(settings: Settings, copy: str, name: str) -> Shelf:
    """The part called ``name`` of a store of copies, which the setting ``copies`` names; raises ``StoreUnknown``."""
    options = settings.copies.get(copy)
    if options is None:
        known = ", ".join(sorted(settings.copies)) or "-"
        raise StoreUnknown("No store of copies is called %(name)s. There are: %(known)s.", name=copy, known=known)
    kind = options["store"].get_secret_value() if "store" in options else "folder"
    if kind == "folder":
        store = _made(kind, Path(options["folder"].get_secret_value()), ())
    else:
        given = {key: value for key, value in options.items() if key != "store"}
        beside = settings.data.resolve() / "copies" / copy
        store = _made(kind, beside, tuple(sorted(given.items(), key=lambda one: one[0])))
    return Shelf(store, checked(name), settings.work.resolve())


@cache
def _made(name: str, data: Path, options: tuple[tuple[str, SecretStr], ...]) -> Store:
    target = registered_stores().get(name)
    if target is None:
        known = ", ".join(sorted(registered_stores()))
        raise StoreUnknown("There is no store called %(name)s. Known stores: %(known)s.", name=name, known=known)
    module, _, attribute = target.partition(":")
    try:
        made: Store = getattr(importlib.import_module(module), attribute).set_up(StoreSetup(data, dict(options)))
    except Exception as error:  # the edge to other people's code
        raise StoreUnknown("The store %(name)s cannot be used: %(why)s.", name=name, why=error) from error
    return made
