"""Pictures: as files and as arrays, and what a display takes for one."""
