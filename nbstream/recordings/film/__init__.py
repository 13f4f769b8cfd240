"""Films and sound files for people: what a source captures, or a display shows, is encoded as it comes."""
