"""The lists of Indonesian names of lokal-id (MIT). The one file that reads this private module of the library."""

from lokal.samaran import _names

LOKAL_NAMES: frozenset[str] = frozenset().union(
    _names.GIVEN_NAMES,
    _names.FAMILY_NAMES,
    _names.SECOND_NAMES,
    _names.BALINESE_NAMES,
    _names.AMBIGUOUS_GIVEN_NAMES,
)
"""Given and family names, in lower case."""
