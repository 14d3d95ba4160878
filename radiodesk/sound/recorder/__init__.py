"""Records sound-card lines in a process that needs neither database nor network and survives the loss of a device.

Each device is read by a child process (``capture``), because PortAudio sees a device that was plugged in only after it
was started anew, which would cut the streams of all others in the same process; and because a driver that hangs or
crashes then takes one device down, not the recorder. The children send packets; the recorder (``engine``) writes them
into takes.
"""
