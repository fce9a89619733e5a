"""``assistant`` and ``python -m assistant`` are the command line."""

import gc
import os
import sys

_YOUNG = 100_000
"""New objects after which Python looks for garbage: at its 700 that is 60 ms of loading."""


def main() -> None:
    """Run it; loading it takes a quarter of a second, and Ctrl-C ends that with 130 too."""
    gc.set_threshold(_YOUNG, 20, 20)
    try:
        from assistant.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        os._exit(130)


if __name__ == "__main__":
    main()
