"""How live streams fare over a line with a rate and a delay: a kernel that is far away."""
