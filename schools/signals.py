"""What apps above want to hear of while it happens, in the same transaction."""

from django.dispatch import Signal

# Some schools' calendars changed. `pairs`: a set of (school id, day), the days that teach now or no longer do.
days_turned = Signal()

# Somebody is no longer in post at a school: `staff`, the Staff that has ended; `last_day`.
left_post = Signal()
