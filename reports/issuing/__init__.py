"""A report's way to its readers: sent for review, checked, issued, and known again by its code."""
