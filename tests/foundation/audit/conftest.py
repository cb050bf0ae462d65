"""A shop with tables that only these tests know."""

import pytest

from core.engines import WRITE
from core.testing import Shop
from tests.foundation.audit.samples import SampleModel


@pytest.fixture
def sample_shop(shop: Shop) -> Shop:
    """Make a shop that has the tables of the samples."""
    with shop.engine.execution_options(**{WRITE: True}).begin() as connection:
        SampleModel.metadata.create_all(connection)
    return shop
