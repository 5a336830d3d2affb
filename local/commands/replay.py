"""A recorded decision decided again, without any app: ``./dev replay FILE``.

Arrives: what ``GET customers/{id}/history/{sequence}`` answered, in a file. Leaves: whether the same comes out; status
0 if it does, 1 if not.
"""

import argparse
import sys

from local.commands.app import CommandError, run
from local.commands.decided_again import decided_again
from local.commands.files import read_json
from local.commands.plain import plain
from shared.errors import PermanentError


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev replay")
    said = "what GET customers/{id}/history/{sequence} answered; - for standard input"
    parser.add_argument("file", metavar="FILE", help=said)
    options = parser.parse_args(arguments)
    return run(lambda: replay(options.file))


def replay(path: str) -> int:
    answer = read_json(path)
    try:
        differences = decided_again(answer)
    except PermanentError as fault:
        raise CommandError(f"{path}: {fault.reason}") from fault
    except (LookupError, TypeError, ValueError, AttributeError) as fault:
        raise CommandError(f"{path} is not a recorded decision as the app answers it") from fault
    what = f"decision {answer['sequence']} of {answer['customerId']}, decided on {answer['decidedOn']}"
    if not differences:
        print(f"same: {what} is again {answer['status']} by rule set {answer['ruleSetVersion']}")
        return 0
    print("\n  ".join([f"differs: {what}", *map(plain, differences)]))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
