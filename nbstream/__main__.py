"""`python -m nbstream doctor | demo | bench | record | replay`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .commands import bench, demo, doctor, record, replay

COMMANDS = (doctor, demo, bench, record, replay)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 where something is wrong, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m nbstream", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        doc = (module.__doc__ or "").partition(": ")[2].partition("\n")[0]
        one = commands.add_parser(name, help=doc, description=doc)
        module.add_arguments(one)
        one.set_defaults(run=module.run)
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except (OSError, ValueError, TypeError, ImportError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
