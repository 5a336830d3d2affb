"""Every page of the portal that the sample programme has something for: its address, and its heading."""

PAGES = {
    "/": "Overview",
    "/nowhere": "No such page",
}
