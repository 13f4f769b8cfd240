"""Widgets of sources in the kernel: made from arrays, files, and cameras of the kernel's machine."""
