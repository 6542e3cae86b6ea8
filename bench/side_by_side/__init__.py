"""Value and gradient beside other libraries, each in a process of its own: `make bench-peers`."""
