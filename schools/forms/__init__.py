"""Shapes of input for places, people, classes and days."""
