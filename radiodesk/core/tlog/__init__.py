"""An append-only log that anybody can check: Merkle trees (RFC 6962), tiles, checkpoints and signed notes (C2SP).

Pure: bytes in, bytes out. What is logged, and where the files lie, is for who uses it (``rooms.archive``).
"""
