"""Sources whose captures come from the kernel itself: a thread reads a feed, and gives it on when it is due."""
