"""The JupyterLab of these tests is the one of `live_notebook`."""

from nbstream.testing.live.lab import OPTIONS, LabServer, Server, free_port

__all__ = ["OPTIONS", "LabServer", "Server", "free_port"]
