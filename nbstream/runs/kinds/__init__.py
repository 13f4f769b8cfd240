"""Which worker a stream needs, and the worker of a Python that has no threads."""
