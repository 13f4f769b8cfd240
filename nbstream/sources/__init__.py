"""A source's side of the conversation with its pages."""
