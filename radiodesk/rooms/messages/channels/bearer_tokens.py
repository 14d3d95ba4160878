"""Secrets with which senders prove who they are."""

import hmac

from pydantic import SecretStr


def bearer(header: str) -> str:
    """The token of an ``Authorization`` header."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def fits(given: str, secret: SecretStr | None) -> bool:
    """Whether a token is the secret, compared in constant time."""
    return secret is not None and hmac.compare_digest(
        given.encode("utf-8", "replace"), secret.get_secret_value().encode()
    )
