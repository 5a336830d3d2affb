"""Write ``docs/schemas`` and the generated parts of ``docs/reference``."""

import sys

from local.reference import schemas
from local.reference.pages import PAGES, filled


def main() -> None:
    schemas.main()
    for page in sorted(PAGES.glob("*.md")):
        page.write_text(filled(page.read_text("utf-8")), encoding="utf-8")
    sys.stdout.write(f"generated parts of the pages in {PAGES}\n")


if __name__ == "__main__":
    main()
