"""What an app is made of: blocks and layouts, their arguments and looks."""
