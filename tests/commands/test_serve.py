import http.client
from contextlib import ExitStack

from core.config import Config
from core.testing import Shop
from tests.bench.servers import clean_environment, free_port, product_command, running


def test_a_server_believes_no_forwarded_header_of_its_own_machine_unless_told_to(shop: Shop) -> None:
    config: Config = shop.app.extensions["wm_config"]
    port = free_port()
    environment = clean_environment(
        WORKMANAGER_INSTANCE=str(config.instance), WORKMANAGER_PUBLIC_URL=f"http://127.0.0.1:{port}"
    )
    lies = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7", "SCRIPT_NAME": "//evil.example"}
    login = f"{shop.root}/login"
    with ExitStack() as stack:
        stack.enter_context(running(product_command(port), port, environment, login))
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        stack.callback(browser.close)
        browser.request("GET", f"//evil.example{login}", headers=lies)
        answer = browser.getresponse()
        page = answer.read().decode()
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (404, None)
        assert "evil" not in page
        browser.request("GET", login, headers={"X-Forwarded-Proto": "https"})
        answer = browser.getresponse()
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (200, None)
