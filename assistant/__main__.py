"""``assistant`` and ``python -m assistant`` are the command line."""

import os
import sys


def main() -> None:
    """Run it; loading it takes a quarter of a second, and Ctrl-C ends that with 130 too."""
    try:
        from assistant.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        os._exit(130)


if __name__ == "__main__":
    main()
