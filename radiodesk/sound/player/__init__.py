"""Plays what was made ready (voices in reserve, jingles, spots) to the station's sound output, in a process of its own.

It needs neither database nor desk: whoever wants something played lays the file beside it and tells it by its socket;
what it really played, from when to when, stands in its journal. When the desk dies, what is playing goes on to its end.
"""
