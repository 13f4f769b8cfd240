"""The components of an app: cameras, microphones, fields, and what shows results."""
