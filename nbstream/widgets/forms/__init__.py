"""Widgets that are made for a function: a source and controls for its parameters, a place for any result."""
