"""Backup and restore: a snapshot of the whole station on air, kept by restic, and a station made anew from one."""
