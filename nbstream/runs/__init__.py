"""One stream while it is live: what waits for the function, and the thread that calls it."""
