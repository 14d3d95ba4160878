"""How listeners write to the station: one file a channel, all leading to the same queue."""
