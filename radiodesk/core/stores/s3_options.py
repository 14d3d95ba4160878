"""What the S3 store is set up with: from the setting ``stores``, else from AWS's usual environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

PLAIN = ("bucket", "endpoint", "region", "prefix")
SECRET = ("access_key", "secret_key", "session_token")
SECONDS = {"connect_seconds": 3.0, "read_seconds": 15.0, "write_seconds": 120.0}
CHOICES = {
    "path_style": ("yes", "no"),
    "checksum": ("yes", "no"),
    "sums": ("metadata", "objects"),
    "credentials": ("keys", "instance"),
}

_ENVIRONMENT = {
    "endpoint": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "access_key": ("AWS_ACCESS_KEY_ID",),
    "secret_key": ("AWS_SECRET_ACCESS_KEY",),
    "session_token": ("AWS_SESSION_TOKEN",),
}


@dataclass(frozen=True)
class S3Options:
    """Where the bucket is and how it is asked; keys are secrets, which no ``repr`` tells.

    ``connect_seconds`` is for a connection, ``read_seconds`` for a request that reads, ``write_seconds`` for a part
    that is put. ``sums_beside`` is for servers that forget the metadata of objects: each checksum is an object too.
    """

    bucket: str
    endpoint: str | None
    region: str
    prefix: str
    access_key: SecretStr | None
    secret_key: SecretStr | None
    session_token: SecretStr | None
    path_style: bool
    checksum: bool
    sums_beside: bool
    connect_seconds: float
    read_seconds: float
    write_seconds: float


def s3_options(given: Mapping[str, SecretStr], environment: Mapping[str, str] = os.environ) -> S3Options:
    """Check what is given; raises ``ValueError`` with what is missing or cannot be, and never with a secret."""
    known = {*PLAIN, *SECRET, *SECONDS, *CHOICES}
    for name in given:
        if name not in known:
            raise ValueError(f"it knows no {name}; there are {', '.join(sorted(known))}")

    # A token of the environment would not fit keys of the settings.
    own_keys = any(name in given for name in SECRET)

    def text(name: str) -> str:
        said = given[name].get_secret_value().strip() if name in given else ""
        elsewhere = () if own_keys and name in SECRET else _ENVIRONMENT.get(name, ())
        return said or next((environment[one] for one in elsewhere if environment.get(one)), "")

    def choice(name: str, usual: str) -> str:
        said = text(name) or usual
        if said not in CHOICES[name]:
            raise ValueError(f"{name} is {' or '.join(CHOICES[name])}")
        return said

    bucket, endpoint = text("bucket"), text("endpoint").rstrip("/")
    if not bucket:
        raise ValueError("it needs a bucket")
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise ValueError("its endpoint begins with https:// or http://")
    keys = {name: SecretStr(found) for name in SECRET if (found := text(name))}
    if choice("credentials", "keys") == "keys" and not {"access_key", "secret_key"} <= keys.keys():
        raise ValueError("it needs access_key and secret_key (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)")
    return S3Options(
        bucket=bucket,
        endpoint=endpoint or None,
        region=text("region") or "us-east-1",
        prefix=text("prefix").strip("/"),
        access_key=keys.get("access_key"),
        secret_key=keys.get("secret_key"),
        session_token=keys.get("session_token"),
        # Servers of one's own have no name in the DNS for each bucket.
        path_style=choice("path_style", "yes" if endpoint else "no") == "yes",
        checksum=choice("checksum", "yes") == "yes",
        sums_beside=choice("sums", "metadata") == "objects",
        **{name: _seconds(name, text(name), usual) for name, usual in SECONDS.items()},
    )


def _seconds(name: str, said: str, usual: float) -> float:
    try:
        found = float(said) if said else usual
    except ValueError:
        found = 0.0
    if not 0.05 <= found <= 3600:
        raise ValueError(f"{name} is a number of seconds up to 3600")
    return found
