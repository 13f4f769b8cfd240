"""The pages of a widget: which are here, how late their messages are, and the state that they are told."""
