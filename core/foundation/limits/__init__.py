"""Counters and last-use stamps, in a store of their own: they survive a refused request and never hold up a writer."""
