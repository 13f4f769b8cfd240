"""A stream from its making to its close: what was asked, its ports, its life."""
