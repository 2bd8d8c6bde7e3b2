"""What the product costs on this machine, beside the bare case, in one run. `make bench`."""
