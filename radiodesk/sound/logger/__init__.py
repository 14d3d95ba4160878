"""Records lines round the clock, beside calls and broadcasts, in the recorder's process and by a thread of its own.

What a line brings is written to the disk within a second as raw samples, an hour a file (``log_writer``); a child
process turns finished files into FLAC or Opus (``log_packing``). Beside each file lies a small journal that says when
its samples were heard, how loud each minute was and what is missing. Who reads a log (``log_reader``) needs the folder
alone. Nothing here waits for a database, a network or the desk, and the recorder never waits for it (``line_logger``).
"""
