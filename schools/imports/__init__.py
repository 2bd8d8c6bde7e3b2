"""Bringing units, classes, staff and teachings in from one workbook: read, check, apply, undo."""
