"""radiodesk: the studio desk for interactive police-and-public radio."""

__version__ = "0.2.0"
