"""espeak-ng, which speaks the sentences of the tests: see that it is installed, or install it where apt-get can.

usage: python -m scripts.espeak     prints its path; ends with a sentence that says what to install if there is none
"""

from __future__ import annotations

import shutil
import sys

from scripts.chromium import install_with_apt

WHAT_TO_DO = (
    "The tests of speech need espeak-ng. Install it (Debian, Ubuntu: apt-get install espeak-ng; "
    "macOS: brew install espeak-ng)."
)


def main() -> None:
    if shutil.which("espeak-ng") is None:
        install_with_apt(["espeak-ng"])
    path = shutil.which("espeak-ng")
    if path is None:
        sys.exit(WHAT_TO_DO)
    print(f"espeak-ng for the tests of speech: {path}")


if __name__ == "__main__":
    main()
