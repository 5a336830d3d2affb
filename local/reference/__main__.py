"""Write what the app serves of its own description, and the generated parts of ``docs/reference``."""

import sys

from local.descriptions import files
from local.reference.pages import PAGES, filled


def main() -> None:
    files.write()
    for page in sorted(PAGES.glob("*.md")):
        page.write_text(filled(page.read_text("utf-8")), encoding="utf-8")
    sys.stdout.write(f"generated parts of the pages in {PAGES}\n")


if __name__ == "__main__":
    main()
