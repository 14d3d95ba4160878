"""The store of stations whose objects lie in a bucket of an S3 server, with an outbox on each machine."""

from dataclasses import replace
from typing import Self

from radiodesk.core.stores.outbox_store import OutboxStore
from radiodesk.core.stores.ports import StoreSetup
from radiodesk.core.stores.s3_bucket import S3Bucket
from radiodesk.core.stores.s3_options import s3_options

FOLDER = "outbox"


class S3Store(OutboxStore):
    """Every shelf is a prefix in the bucket, every object an object."""

    @classmethod
    def set_up(cls, setup: StoreSetup) -> Self:
        options = s3_options(setup.options)
        prompt = replace(options, write_seconds=options.read_seconds)
        return cls(S3Bucket(options), S3Bucket(prompt), setup.data / FOLDER)
