"""What sources in the kernel read: files, cameras of the kernel's machine, arrays that a program makes."""
