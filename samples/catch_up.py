"""Print the changes that a subscriber missed, from the HTTP API, whatever carries its notifications.

    python samples/catch_up.py highest.json

Run it before the subscriber starts again. The file holds the highest sequence seen of each customer, as the subscribers
beside this program keep it; without it, all are missing. ELIGIBILITY_URL is where the app is, http://127.0.0.1:7071 if
unset; ELIGIBILITY_KEY is a key of it, if it asks for one.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

URL = os.environ.get("ELIGIBILITY_URL", "http://127.0.0.1:7071")
KEY = {"x-functions-key": os.environ.get("ELIGIBILITY_KEY", "")}


def get(path: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(f"{URL}/api/{path}", headers=KEY)) as answer:
        return json.load(answer)


file = Path(sys.argv[1])
highest = json.loads(file.read_text()) if file.exists() else {}
after = ""
while after is not None:
    page = get(f"customers?limit=1000{after and f'&after={after}'}")
    for each in page["items"]:
        customer = each["customerId"]
        for sequence in range(highest.get(customer, 0) + 1, each["sequence"] + 1):
            decision = get(f"customers/{customer}/history/{sequence}")
            print(f"{customer}/{sequence}: {decision['status']}", flush=True)
            highest[customer] = sequence
            file.write_text(json.dumps(highest))
    after = page["next"]
