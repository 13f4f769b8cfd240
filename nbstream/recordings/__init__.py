"""Recordings of streams: a file of all that a function was called with, and calling it again with the same."""
