"""Starts what the product stands on: a private PostgreSQL and Redis, and the programs above them. Knows no Django."""
