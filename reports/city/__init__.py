"""A fictional city with its schools, people and homework, the same for the same seed: for the demo, tests and benches.

Plausible rather than perfect: late posts, breaches, silent classes, weak schools. It is written through COPY, past the
services, so it passes the same constraints but leaves no audit trail.
"""
