"""What another library reads in calendar files, by their own VTIMEZONE: instants, states, names."""
import sys
from datetime import timezone

import icalendar

for name in sys.argv[1:]:
    data = open(name, "rb").read()
    assert all(len(line) <= 75 for line in data.split(b"\r\n")) and data.count(b"\n") == data.count(b"\r\n")
    for line in data.split(b"\r\n"):
        line.decode()  # no character is cut in two
    calendar = icalendar.Calendar.from_ical(data)
    zone = [z.to_tz() for z in calendar.walk("VTIMEZONE")][0]
    print(name, calendar["METHOD"])
    for event in calendar.walk("VEVENT"):
        times = [
            zone.localize(event.decoded(key).replace(tzinfo=None)).astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
            for key in ("DTSTART", "DTEND")
        ]
        assert event["DTSTART"].params["TZID"] == "Europe/Stockholm"
        print(*times, event["STATUS"], event["SEQUENCE"], event["DTSTAMP"].to_ical().decode(), event.get("LOCATION", "-"))
