"""Streams that skip no picture: what waits for the function has a bound, and the function may take several at once."""
