"""Every page of the portal that the sample programme has something for: its address, and its heading."""

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
}
