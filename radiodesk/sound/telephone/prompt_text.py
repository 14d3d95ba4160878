"""What may be said to one caller alone."""

LONGEST = 300
"""Characters of a prompt: about twenty seconds."""


def has_words(text: str) -> bool:
    """Whether there is something to say, and not too much."""
    return any(sign.isalnum() for sign in text) and len(text) <= LONGEST
