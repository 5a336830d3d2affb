"""Every page of the portal that the sample programme has something for: its address, and its heading."""

from samples.broken import BROKEN_LINES
from shared.messaging.sender import Queue
from shared.storage.quarantined import id_of

MESSAGE, NO_JSON = (id_of(Queue.EVENTS.value, BROKEN_LINES[each].encode()) for each in (2, 0))
CLOSED = id_of(Queue.EVENTS.value, BROKEN_LINES[1].encode())

PAGES = {
    "/": "Overview",
    "/nowhere": "No such page",
    "/customers": "Customers",
    "/customers?status=ineligible&partner=P-adatum": "Customers",
    "/customers/C-1001": "Contoso Retail",
    "/customers/C-1024": "Coho Winery",
    "/customers/C-1010?on=2027-06-01": "Humongous Insurance",
    "/customers/C-none": "C-none",
    "/customers/C-1001/history/1": "Decision 1",
    "/customers/C-1001/history/2": "Decision 2",
    "/customers/C-1002/what-if": "What if",
    "/customers/C-1002/what-if?spend=116000": "What if",
    "/partners": "Partners",
    "/partners/P-fabrikam": "Fabrikam Consulting",
    "/losses": "Upcoming losses",
    "/losses?partner=P-fabrikam": "Upcoming losses",
    "/near": "Near the threshold",
    "/exceptions": "Exceptions",
    "/exceptions?endsBefore=2026-01-01": "Exceptions",
    "/customers/C-1059/exceptions": "Exceptions",
    "/customers/C-none/exceptions": "Exceptions",
    "/rules": "Rules",
    "/rules/1": "Version 1",
    "/rules/2": "Version 2",
    "/rules/2?against=1": "Version 2",
    "/rules/99": "Version 99",
    "/rules/1/edit": "Draft a change",
    "/previews/0123456789abcdef": "Preview",
    "/quarantine": "Quarantine",
    "/quarantine?state=kept": "Quarantine",
    "/quarantine?state=closed": "Quarantine",
    "/quarantine?fault=fasttrack.spend.updated.v1%3A+%24.data.annualAmount": "Quarantine",
    f"/quarantine/{MESSAGE}": "Message inv-7002",
    f"/quarantine/{NO_JSON}": 'Message “{"specversion": "1.0", "id": "inv-7001",…”',
    f"/quarantine/{CLOSED}": "Message “customer;licence;amount”",
    "/quarantine/none": "Message",
    "/log": "Change log",
}
