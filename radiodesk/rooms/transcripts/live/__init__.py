"""Live words: what callers say while they say it, out of takes that still grow, until the transcript takes over."""
