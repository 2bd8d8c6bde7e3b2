"""The parts of an address that name a unit."""

from django.urls.converters import StringConverter


class UnitCode(StringConverter):
    """Digits alone, as every unit's code: whatever else stands there leads nowhere, and never to the database."""

    regex = "[0-9]{4,20}"
