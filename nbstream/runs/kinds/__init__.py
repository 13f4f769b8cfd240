"""Which worker a stream needs, and the workers of presses of Capture and of a Python that has no threads."""
