"""``radiodesk attend``: the one process that knows both the lines and the database.

It reads what recorder and telephone wrote into their journals and makes calls of it, takes finished takes in as
recordings, and steers the lines as the desk wants them. Nothing waits for it: recording goes on without it, and when it
is back it misses nothing.
"""
