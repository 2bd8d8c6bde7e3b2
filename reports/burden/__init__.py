"""How long forms take: what browsers may send, what is kept of it, what is shown. Nobody is measured."""
