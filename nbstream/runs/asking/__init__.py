"""What an option of a stream is, and how its value is checked."""
