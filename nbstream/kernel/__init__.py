"""The kernel we run in: time, its threads and cells, routing of its messages, and what is printed."""
