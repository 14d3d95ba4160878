"""Addresses whose builders are made when somebody first links to them.

Werkzeug writes and compiles two functions for each address when it is added to an application, which take a third of
the time in which the desk's application is put together; a process links to some of its addresses, and not at once.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]

_made: dict[tuple[object, ...], Builder] = {}
"""By what a builder depends on: an address that stands in several applications of a process needs one."""


class LateRule(Rule):
    """An address that is parsed at once, as all are looked through for each request."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        key = (self.rule, self.subdomain, self.host, self.merge_slashes, repr(self.defaults), append_unknown)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if key not in _made:
                _made[key] = super(LateRule, self)._compile_builder(append_unknown)
            return _made[key](rule, **values)

        return build
