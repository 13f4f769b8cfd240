"""The servers that are measured; each runs by itself, in the Python environment of its system."""
