"""The pages that show a source of the kernel: none of them captures."""

from __future__ import annotations

from ...pages.pages import SourcePages

KERNEL = "kernel"
"""Who captures, in place of a page's client."""


class KernelPages(SourcePages):
    """Pages of a source that the kernel captures for, whoever comes and goes."""

    @property
    def owner(self) -> str | None:
        return KERNEL

    @owner.setter
    def owner(self, client: str | None) -> None:
        del client

    @property
    def owner_is_here(self) -> bool:
        return True

    def pick_owner(self) -> None:
        pass

    def owner_is_gone(self) -> bool:
        return False

    def gave_up(self, stood_s: float) -> bool:
        return False
