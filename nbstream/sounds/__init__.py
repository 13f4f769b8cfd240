"""Sound: pieces on their way to a function, what they are made into, and finding speech in them."""
