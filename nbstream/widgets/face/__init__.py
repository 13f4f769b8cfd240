"""What a person sees of a source, and presses, besides its picture or sound."""
