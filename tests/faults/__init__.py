"""What goes wrong in a notebook, provoked for real: a kernel, a server, a browser, and what the person sees."""
