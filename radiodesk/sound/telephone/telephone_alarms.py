"""What people at the screens must know of the telephone at once, read from what it says of itself."""

from typing import Any

from radiodesk.core.i18n import gettext


def alarms(state: dict[str, Any]) -> list[str]:
    """Sentences in the language of the request, the most urgent first."""
    found = []
    if not state["ready"]:
        found.append(gettext("The telephone (baresip) is being started: no calls come in."))
    elif state["registered"] == "fail":
        found.append(
            gettext("The SIP server refuses the station: no calls come in. Check the settings of the telephone.")
        )
    found += [
        gettext("The caller on %(line)s is not recorded any more. Hang up and call back.", line=line["id"])
        for line in state["lines"]
        if line.get("unrecorded")
    ]
    if state["busy_all"]:
        found.append(
            gettext("All telephone lines are busied out: every new caller hears the busy tone until you let them ring.")
        )
    if state["silent"]:
        found.append(
            gettext("A sound device of the telephone is missing: callers hear nothing and are not heard. Plug it in.")
        )
    return found
