"""Measures nbstream and what people would otherwise use, side by side."""
