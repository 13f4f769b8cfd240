"""What page and kernel say to each other, as docs/protocol.md has it; nothing here knows a widget."""
