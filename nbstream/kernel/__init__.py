"""The kernel we run in: time, its threads and cells, routing of its messages, prints, and values that stay in it."""
