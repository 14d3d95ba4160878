"""The lists of Indonesian names of lokal-id (MIT). The one file that reads this private module of the library."""

from functools import cache


@cache
def lokal_names() -> frozenset[str]:
    """Given and family names, in lower case. The library takes half a second to load."""
    from lokal.samaran import _names

    return frozenset().union(
        _names.GIVEN_NAMES,
        _names.FAMILY_NAMES,
        _names.SECOND_NAMES,
        _names.BALINESE_NAMES,
        _names.AMBIGUOUS_GIVEN_NAMES,
    )
