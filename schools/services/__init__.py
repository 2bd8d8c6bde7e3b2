"""What is done to units, classes, people and days. Callers at the edge have checked that `by` may."""
