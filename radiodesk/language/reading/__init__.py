"""Reading aloud, heard: where in a text a reader is, and what of an approved text was really said.

``ScriptText`` is a text cut into the words that a page shows, each with what a reader says for it. A ``Follower`` takes
live words and tells the place; ``as_read`` lays a finished transcript beside an approved text.
"""

from radiodesk.language.reading.as_read import MARGIN, AsRead, Difference, Kind, as_read
from radiodesk.language.reading.follower import Follower, Position
from radiodesk.language.reading.script_text import HeardWord, ScriptText

__all__ = ["MARGIN", "AsRead", "Difference", "Follower", "HeardWord", "Kind", "Position", "ScriptText", "as_read"]
