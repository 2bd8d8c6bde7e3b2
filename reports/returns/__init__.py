"""Returns (上报): what schools declare to counties and counties to the city, beside what the system computes."""
