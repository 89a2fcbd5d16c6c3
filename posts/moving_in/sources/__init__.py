"""One module for each system that one can move from: its name, what to give, and what stands where
in its export. Start at `registry`."""
