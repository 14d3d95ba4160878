"""The telephone: SIP lines by baresip, a supervised child that is driven over its control socket.

One process (``radiodesk telephone``) that needs neither the database nor the desk: it writes baresip's configuration,
starts it, rings, answers, holds and hangs up, and carries the sound of each direction of each call into a take.
"""
