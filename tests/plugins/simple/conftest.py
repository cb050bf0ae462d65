"""What the tests of the protocols share."""

from tests.tickets.conftest import take

__all__ = ["take"]
