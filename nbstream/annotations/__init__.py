"""What is drawn over a picture: its kinds, as a page gets them, and as pixels."""
