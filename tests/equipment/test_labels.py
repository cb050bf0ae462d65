import re

import pytest

from core.db import unit_of_work
from core.equipment.labels import BAR_CODE, LABEL, LEAST_BAR, LONGEST_TITLE, MOST_BAR, bar_width, label_data
from core.equipment.lookup import picks_of_devices
from core.equipment.services import EquipmentData, register_equipment
from core.foundation.documents.kinds import compose_document
from core.foundation.tenants.context import enter
from core.foundation.tenants.resolver import TENANT_KEY
from core.testing import Shop


def add(shop: Shop, **facts: str) -> int:
    """Register a device through the service and return the id."""
    with shop.context(), unit_of_work():
        return register_equipment(EquipmentData(**facts)).id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {
            "unique_id": "356789104829153",
            "manufacturer": "Apple",
            "model": "iPhone 13",
            "variant": "128 GB, albastru",
        },
        {
            "unique_id": "Ș" * 60,
            "manufacturer": "Mașini & <unelte>",
            "model": "ȚĂÎÂ " * 15,
            "variant": "x" * 100,
        },
        {"unique_id": "A" * 60, "manufacturer": "W" * 100, "model": "W" * 100},
        {"unique_id": "SN-\"<&>'1", "manufacturer": "漢字"},
    ],
)
def test_every_device_has_a_label_of_one_page_of_its_roll(shared_shop: Shop, facts: dict[str, str]) -> None:
    device_id = add(shared_shop, **facts)
    answer = shared_shop.client("technician").get(f"{shared_shop.root}/equipment/{device_id}/label.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert len(re.findall(rb"/Type\s*/Page\b", answer.data)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", answer.data)
    assert box is not None
    assert [round(float(points) / 72 * 25.4) for points in box.groups()] == [62, 29]


def test_the_page_of_a_label_shows_it_and_prints_it_when_asked(shop: Shop) -> None:
    device_id = add(shop, unique_id="356789104829153", manufacturer="Apple", model="iPhone 13")
    page = shop.client("technician").get(f"{shop.root}/equipment/{device_id}/label")
    assert f'src="{shop.root}/equipment/{device_id}/label.pdf#' in page.text
    assert "data-print" not in page.text
    assert (
        "data-print" in shop.client("technician").get(f"{shop.root}/equipment/{device_id}/label?print=1").text
    )


@pytest.mark.parametrize(
    ("code", "width"),
    [("1", MOST_BAR), ("WM-7K2M-94QD", MOST_BAR), ("A" * 20, BAR_CODE / 255), ("A" * 22, BAR_CODE / 277)],
)
def test_a_bar_code_fits_on_its_label(code: str, width: float) -> None:
    assert bar_width(code) == f"{width:.3f}mm"


@pytest.mark.parametrize("code", ["A" * 60, "Ș1", "a\tb"])
def test_what_no_scanner_could_read_has_no_bar_code(code: str) -> None:
    assert bar_width(code) == ""
    assert LEAST_BAR > BAR_CODE / (35 + 11 * 60)


def test_a_label_is_downloaded_under_the_id_of_its_device(shop: Shop) -> None:
    device_id = add(shop, unique_id="SN-77")
    answer = shop.client("receptionist").get(f"{shop.root}/equipment/{device_id}/label.pdf?download=1")
    assert re.fullmatch(r'attachment; filename="[a-z]+-SN-77\.pdf"', answer.headers["Content-Disposition"])


def test_a_device_that_is_not_there_has_no_label(shared_shop: Shop) -> None:
    browser = shared_shop.client("owner")
    for path in ("1000000/label", "1000000/label.pdf", "x/label.pdf"):
        assert browser.get(f"{shared_shop.root}/equipment/{path}").status_code == 404


def test_a_label_says_the_id_for_people_scanners_and_telephones(shop: Shop) -> None:
    device_id = add(
        shop, unique_id="356789104829153", manufacturer="Apple", model="iPhone 13", variant="x" * 60
    )
    tenant = shop.tenant
    environ = {TENANT_KEY: tenant, "SCRIPT_NAME": shop.root}
    with shop.app.test_request_context("/", environ_overrides=environ):
        enter(tenant)
        data = label_data(picks_of_devices([device_id])[0])
        paper = compose_document(LABEL, data, language="ro").html
    assert data["url"] == f"{tenant.url}/equipment/{device_id}"
    assert 'value="356789104829153"' in paper
    assert ">356789 10 482915 3<" in paper
    assert len(str(data["title"])) == LONGEST_TITLE
    assert "Atelier Meteor" in paper
    assert "data:image/png" in paper
