"""What happens in an app: events, the functions that they call, and what those say to the person."""
