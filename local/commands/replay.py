"""``./dev replay FILE``: decide a recorded decision again, without any app."""

import sys

from local.commands.app import CommandError, run
from local.commands.decide_again import decide_again
from local.commands.files import read_json
from local.commands.plain import plain
from local.setup.commands import parser_of
from shared.errors import PermanentError


def main(arguments: list[str]) -> int:
    options = parser_of("replay").parse_args(arguments)
    return run(lambda: replay(options.file))


def replay(path: str) -> int:
    answer = read_json(path)
    try:
        differences = decide_again(answer)
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
