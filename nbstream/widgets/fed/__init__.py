"""Other sources than camera and microphone: arrays, files, cameras of the kernel's machine, and the screen."""
