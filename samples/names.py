"""Nothing arrives; what customers and partners are called, and who looks after them, leaves: invented companies."""

NORTH, SOUTH, EAST, WEST = (f"account-team-{side}" for side in ("north", "south", "east", "west"))
MEGAN, ADELE = "Megan Bowen", "Adele Vance"

type Described = tuple[str, str | None]
"""A name and an owner."""

CUSTOMERS: dict[str, Described] = {
    "C-1001": ("Contoso Retail", NORTH),
    "C-1002": ("Adventure Works Cycles", NORTH),
    "C-1003": ("Northwind Traders", SOUTH),
    "C-1004": ("Fourth Coffee", SOUTH),
    "C-1005": ("Tailwind Traders", EAST),
    "C-1006": ("Alpine Ski House", EAST),
    "C-1007": ("City Power & Light", WEST),
    "C-1008": ("Coho Vineyard", WEST),
    "C-1009": ("Wide World Importers", NORTH),
    "C-1010": ("Humongous Insurance", NORTH),
    "C-1011": ("Graphic Design Institute", SOUTH),
    "C-1012": ("Lucerne Publishing", SOUTH),
    "C-1013": ("Margie's Travel", EAST),
    "C-1014": ("Best For You Organics", EAST),
    "C-1015": ("VanArsdel Furniture", WEST),
    "C-1016": ("Consolidated Messenger", WEST),
    "C-1017": ("Blue Yonder Airlines", NORTH),
    "C-1018": ("Wingtip Toys", NORTH),
    "C-1019": ("Southridge Video", SOUTH),
    "C-1020": ("School of Fine Art", SOUTH),
    "C-1021": ("Munson's Pickles", EAST),
    "C-1022": ("Liberty's Bakery", EAST),
    "C-1023": ("First Up Consultants", WEST),
    "C-1024": ("Coho Winery", WEST),
    "C-1025": ("Baldwin Museum", MEGAN),
    "C-1026": ("The Phone Company", MEGAN),
    "C-1027": ("Nod Publishers", ADELE),
    "C-1028": ("Bellows College", ADELE),
    "C-1029": ("Contoso Pharmaceuticals", NORTH),
    "C-1030": ("Trey Robotics", SOUTH),
    "C-1031": ("Fincher Architects", EAST),
    "C-1032": ("Lamna Hospitals", WEST),
    "C-1033": ("Fabrikam Residences", NORTH),
    "C-1034": ("Adatum Logistics", SOUTH),
    "C-1035": ("Woodgrove Insurance", EAST),
    "C-1036": ("Terra Firma Gardens", WEST),
    "C-1037": ("Parnell Aerospace", MEGAN),
    "C-1038": ("Olive & Vine Foods", ADELE),
    "C-1039": ("Harbour Line Ferries", NORTH),
    "C-1040": ("Contoso Energy", SOUTH),
    "C-1041": ("Contoso Suites", NORTH),
    "C-1042": ("Adventure Works Travel", NORTH),
    "C-1043": ("Northwind Electric Cars", SOUTH),
    "C-1044": ("Tailspin Toys", SOUTH),
    "C-1045": ("Fabrikam Fibre", EAST),
    "C-1046": ("Wide World Markets", EAST),
    "C-1047": ("Litware Publishing", WEST),
    "C-1048": ("Alpine Rescue", WEST),
    "C-1049": ("Proseware Hotels", NORTH),
    "C-1050": ("Fourth Coffee Roasters", NORTH),
    "C-1051": ("City Water Works", SOUTH),
    "C-1052": ("Relecloud Telecom", SOUTH),
    "C-1053": ("Humongous Healthcare", EAST),
    "C-1054": ("Graphic Arts Press", EAST),
    "C-1055": ("Lucerne Chocolate", WEST),
    "C-1056": ("VanArsdel Group", WEST),
    "C-1057": ("Fjord Seafood", MEGAN),
    "C-1058": ("Blue Yonder Rail", MEGAN),
    "C-1059": ("Consolidated Freight", ADELE),
    "C-1060": ("Margie's Cruises", None),
}

PARTNERS: dict[str, Described] = {
    "P-fabrikam": ("Fabrikam Consulting", "partner-team-americas"),
    "P-adatum": ("A. Datum Corporation", "partner-team-americas"),
    "P-litware": ("Litware", "partner-team-emea"),
    "P-proseware": ("Proseware Solutions", "partner-team-emea"),
    "P-lamna": ("Lamna Systems", "partner-team-asia"),
    "P-relecloud": ("Relecloud", "partner-team-asia"),
    "P-tailspin": ("Tailspin Technology", "partner-team-americas"),
    "P-woodgrove": ("Woodgrove Advisory", "partner-team-emea"),
    "P-contoso": ("Contoso Consulting", "partner-team-americas"),
    "P-wingtip": ("Wingtip Partners", "partner-team-emea"),
    "P-northwind": ("Northwind Digital", "partner-team-asia"),
    "P-treyresearch": ("Trey Research", "partner-team-emea"),
    "P-vanarsdel": ("VanArsdel Services", None),
}


def description(of: str) -> dict[str, str]:
    name, owner = (CUSTOMERS | PARTNERS)[of]
    return {"name": name} | ({"owner": owner} if owner else {})
