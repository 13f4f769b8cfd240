"""What `python -m nbstream` does: look for broken set-ups, time and replay functions, write a first notebook."""
