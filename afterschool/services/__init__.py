"""What is done to after-school service. Callers at the edge have checked that `by` may."""
