"""Voices behind the port ``radiodesk.voices``: text in its spoken form becomes a WAV file."""
