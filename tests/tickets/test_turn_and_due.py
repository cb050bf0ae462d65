from datetime import timedelta

from flask_babel import force_locale

from core.foundation.ui.badges import due_badge, turn_badge
from core.testing import Shop
from core.types import now


def test_what_is_kept_of_lengths_of_time_is_of_one_language(shop: Shop) -> None:
    moment, said = now(), []
    before = moment - timedelta(days=2)
    with shop.context():
        for language in ("ro", "en", "ro"):
            with force_locale(language):
                turn = turn_badge("-", "person", before, ours=True, now=moment)
                said.append((turn.text.replace("\u00a0", " "), due_badge(before, now=moment).text))
    assert said[1] == ("- · 2 d", "2\u00a0days\u00a0late")
    assert said[0] == said[2] == ("- · 2 z", "2\u00a0zile\u00a0întârziere")
