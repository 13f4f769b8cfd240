"""One call of the user's function: how it is made, here or elsewhere, and what came of it."""
