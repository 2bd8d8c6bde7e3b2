"""Pages of places, people, classes and days."""
