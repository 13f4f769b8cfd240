"""Chromium for the browser tests: find the one that is installed, or install it where apt-get can.

usage: chromium.py     prints its path; ends with a sentence that says what to install if there is none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library

from pytest_nbstream import find_chromium

PACKAGES = ["chromium", "fonts-dejavu-core"]
WHAT_TO_DO = (
    "The browser tests need Chromium or Google Chrome. Install one (Debian, Ubuntu: apt-get install chromium; "
    "macOS: brew install --cask google-chrome), or name one that is elsewhere: NBSTREAM_CHROMIUM=/path/to/chrome"
)


def install_with_apt(packages: list[str]) -> None:
    """Install packages by apt-get as root or by a sudo that asks nothing; do nothing where that cannot be."""
    if shutil.which("apt-get") is None:
        return
    if os.geteuid() == 0:
        prefix = []
    elif (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    ):
        prefix = ["sudo", "-n"]
    else:
        return
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*quiet, "update"], stdout=subprocess.DEVNULL)
    subprocess.run(
        [*quiet, "install", "-y", "--no-install-recommends", *packages], stdout=subprocess.DEVNULL
    )


def missing_packages() -> list[str]:
    """What the browser tests want of Debian and is not here."""
    missing = [] if find_chromium() else list(PACKAGES)
    # The Node that Playwright brings is linked to it, and a minimal Debian comes without.
    if sys.platform == "linux" and find_library("atomic") is None:
        missing.append("libatomic1")
    return missing


def main() -> None:
    if missing := missing_packages():
        install_with_apt(missing)
    path = find_chromium()
    if path is None:
        sys.exit(WHAT_TO_DO)
    print(f"Chromium for the browser tests: {path}")


if __name__ == "__main__":
    main()
