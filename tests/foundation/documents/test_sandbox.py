"""Editable texts: what they may do works, and nothing of the corpus of escapes gets through."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest

from core.foundation.documents.errors import TemplateError
from core.foundation.documents.interpreter import Budget
from core.foundation.documents.sandbox import DocumentSandbox, render_text

CANARY = "canary-9f3a"


class Danger:
    """An object that must never reach a text."""

    secret = CANARY

    def __str__(self) -> str:
        return CANARY


DATA: Mapping[str, object] = {
    "number": "CJ-4821",
    "client": {"name": "Maria <Popescu> & fiul", "email": None, "phone": "0742 555 138"},
    "lines": [
        {"name": "Înlocuire ecran", "quantity": 1, "price": Decimal("180.00")},
        {"name": "Ansamblu ecran", "quantity": 2, "price": Decimal("520.50")},
    ],
    "total": Decimal("1221.00"),
    "warranty_months": 12,
    "received": date(2026, 11, 24),
    "received_at": datetime(2026, 11, 24, 10, 42),  # noqa: DTZ001 - a wall clock's time, as papers show it
    "is_company": False,
    "long": "x" * 100_000,
    "many": list(range(1_000)),
}

ESCAPES = {
    "class of a text": "{{ ''.__class__ }}",
    "class of a number": "{{ (1).__class__.__mro__ }}",
    "subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "class by item": "{{ number['__class__'] }}",
    "class by attr filter": "{{ number|attr('__class__') }}",
    "class through a list": "{{ lines.append }}",
    "method of a dict": "{{ client.items() }}",
    "keys of a dict": "{{ client.keys }}",
    "method of a text": "{{ number.upper() }}",
    "method of a date": "{{ received.strftime('%Y') }}",
    "globals of a function": "{{ render_text.__globals__ }}",
    "lipsum": "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "lipsum call": "{{ lipsum(n=5000) }}",
    "cycler": "{{ cycler.__init__.__globals__.os }}",
    "joiner": "{{ joiner() }}",
    "namespace": "{% set ns = namespace(a=1) %}{{ ns.a }}",
    "namespace assignment": "{% set ns.a = 1 %}",
    "dict call": "{{ dict(a=1) }}",
    "range": "{% for a in range(100000000) %}{% endfor %}",
    "nested ranges": "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "self": "{{ self.__init__.__globals__ }}",
    "self block": "{% block a %}{{ self.a() }}{% endblock %}",
    "request": "{{ request.application.__globals__ }}",
    "config": "{{ config.items() }}",
    "g": "{{ g.pop }}",
    "url_for": "{{ url_for.__globals__ }}",
    "get_flashed_messages": "{{ get_flashed_messages.__globals__ }}",
    "caller": "{{ caller() }}",
    "loop of a recursion": "{% for a in lines recursive %}{{ loop(lines) }}{% endfor %}",
    "loop method": "{% for a in lines %}{{ loop.cycle('a','b') }}{% endfor %}",
    "loop internals": "{% for a in lines %}{{ loop.__class__ }}{% endfor %}",
    "format method": "{{ '{0.__class__}'.format(number) }}",
    "format map": "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "format filter": "{{ '%s'|format(number) }}",
    "percent": "{{ '%s' % number }}",
    "percent width": "{{ '%1000000000d' % 1 }}",
    "map": "{{ lines|map('upper')|join }}",
    "map attribute": "{{ lines|map(attribute='__class__')|join }}",
    "select": "{{ lines|select('string')|list }}",
    "groupby": "{{ lines|groupby('__class__') }}",
    "sort attribute": "{{ lines|sort(attribute='name.__class__') }}",
    "xmlattr": "{{ client|xmlattr }}",
    "pprint": "{{ client|pprint }}",
    "tojson": "{{ client|tojson }}",
    "safe": "{{ client.name|safe }}",
    "escape off by block": "{% autoescape false %}{{ client.name }}{% endautoescape %}",
    "filter block": "{% filter upper %}a{% endfilter %}",
    "do extension": "{% do lines.append(1) %}",
    "include a file": "{% include '/etc/passwd' %}",
    "include a list": "{% include ['/etc/passwd', 'base.html'] ignore missing %}",
    "import": "{% import 'base.html' as base %}",
    "from import": "{% from 'base.html' import a %}",
    "extends": "{% extends 'base.html' %}",
    "block": "{% block content %}{% endblock %}",
    "macro": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "macro bomb": "{% macro a() %}{{ caller() }}{{ caller() }}{% endmacro %}{% call a() %}{% call a() %}x{% endcall %}{% endcall %}",
    "set block": "{% set a %}x{% endset %}",
    "with": "{% with a = lipsum %}{{ a }}{% endwith %}",
    "translate": "{% trans %}{{ number }}{% endtrans %}",
    "debug": "{% debug %}",
    "repeat a text": "{{ 'x' * 10**9 }}",
    "repeat a text by a number": "{{ 'x' * 1000000000 }}",
    "repeat a list": "{{ [1] * 1000000000 }}",
    "power": "{{ 9**9**9 }}",
    "power of data": "{{ total ** 99999999 }}",
    "huge number": "{{ 1e999999 }}",
    "huge product": "{{ " + "*".join(["99999999999"] * 60) + " }}",
    "number of many digits": "{{ " + "9" * 6000 + " }}",
    "doubling by concatenation": "{% set a = long %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "doubling by plus": "{% set a = long %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
    "doubling by join": "{% set a = 'xxxxxxxxxxxxxxxxxxxx' %}"
    + "{% set a = [a, a]|join(a) %}" * 40
    + "{{ a }}",
    "join with a long text": "{{ many|join(long) }}",
    "lists that hold each other": "{% set a = [1] %}{% set b = [1] %}"
    + "{% set a = [a, a] %}{% set b = [b, b] %}" * 60
    + "{{ a == b }}",
    "lists that hold each other, in": "{% set a = [1] %}{% set b = [1] %}"
    + "{% set a = [a, a] %}{% set b = [b, b] %}" * 60
    + "{{ a in [b] }}",
    "loops in loops": "{% for a in many %}{% for b in many %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}",
    "loops that print": "{% for a in many %}{{ long }}{% endfor %}",
    "loops that search": "{% for a in many %}{% for b in many %}{{ 'y' in long }}{% endfor %}{% endfor %}",
    "brackets": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "minus signs": "{{ " + "-" * 20_000 + "1 }}",
    "ifs in ifs": "{% if 1 %}" * 2_000 + "{% endif %}" * 2_000,
    "long text": "x" * 60_000,
    "many nodes": "{{ 1 }}" * 6_000,
    "slice": "{{ number[::-1] }}",
    "dict literal": "{{ {'a': 1}.a }}",
    "star arguments": "{{ number|join(*lines) }}",
    "keyword arguments": "{{ number|default(boolean=true) }}",
    "unknown test": "{{ number is callable }}",
    "test with arguments": "{{ 4 is divisibleby(2) }}",
    "test that looks up filters": "{{ 'attr' is filter }}",
    "print a dict": "{{ client }}",
    "unclosed": "{{ number ",
    "undefined name": "{{ danger }}",
    "undefined field": "{{ client.secret }}",
    "lone bracket": "{% if %}",
    "line statement": "{% raw %}{{ number }}",
}


@pytest.mark.parametrize("template", ESCAPES.values(), ids=list(ESCAPES))
def test_no_escape_of_the_corpus_gets_through(template: str) -> None:
    began = time.process_time()
    with pytest.raises(TemplateError) as refusal:
        render_text(template, DATA)
    assert time.process_time() - began < 2
    assert refusal.value.status == 422
    assert refusal.value.message


@pytest.mark.parametrize(
    "value",
    [Danger(), Danger, len, 1.5, b"x", {1: "a"}, {"a": {"b": Danger()}}, [Danger()], {1, 2}, Decimal("NaN"), Decimal("1e999999999"),
     10**80, iter([]), lambda: CANARY, Exception("x")],
)  # fmt: skip
def test_anything_but_plain_data_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        render_text("{{ value is defined }}", {"value": value})


def test_data_deeper_than_any_paper_is_a_type_error() -> None:
    nested: list[object] = []
    for _level in range(50):
        nested = [nested]
    with pytest.raises(TypeError):
        render_text("", {"nested": nested})


def test_the_data_is_copied_so_that_a_later_change_is_not_seen() -> None:
    lines = [{"name": "a"}]
    assert render_text("{{ lines[0].name }}", {"lines": lines}) == "a"
    assert lines == [{"name": "a"}]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ client.name }}", "Maria &lt;Popescu&gt; &amp; fiul"),
        ("<b>{{ number }}</b>", "<b>CJ-4821</b>"),
        ("{{ client.email }}|{{ client.email|default('fără') }}", "|fără"),
        ("{{ nothing|default('lipsă') }}", "lipsă"),
        ("{{ client.nothing|default }}", ""),
        ("{{ client.nothing is defined }} {{ nothing is undefined }}", "False True"),
        ("{{ client['phone'] }} {{ lines[1].name }} {{ lines[-1].quantity }}", "0742 555 138 Ansamblu ecran 2"),
        ("{% for line in lines %}{{ loop.index }}. {{ line.name|upper }}{% if not loop.last %}; {% endif %}{% endfor %}",
         "1. ÎNLOCUIRE ECRAN; 2. ANSAMBLU ECRAN"),
        ("{% for line in lines if line.quantity > 1 %}{{ line.name }}{% else %}nimic{% endfor %}", "Ansamblu ecran"),
        ("{% for line in lines if line.quantity > 5 %}{{ line.name }}{% else %}nimic{% endfor %}", "nimic"),
        ("{% for key in client %}{{ key }},{% endfor %}", "name,email,phone,"),
        ("{% if is_company %}firmă{% elif total >= 1000 %}peste{% else %}sub{% endif %}", "peste"),
        ("{{ 'da' if warranty_months else 'nu' }}{{ 'x' if is_company }}", "da"),
        ("{{ total * 2 }} {{ total / 4 }} {{ 7 // 2 }} {{ 7 % 2 }} {{ -total }} {{ 0.1 + 0.2 }}",
         "2442.00 305.25 3 1 -1221.00 0.3"),
        ("{{ (total / 3)|round(2) }} {{ 2.5|round }} {{ (-3)|abs }}", "407.00 3 3"),
        ("{{ received }} {{ received_at }}", "2026-11-24 2026-11-24 10:42"),
        ("{{ number ~ ' din ' ~ received }}", "CJ-4821 din 2026-11-24"),
        ("{{ ['a', 'b']|join(', ') }} {{ lines|length }} {{ '  x '|trim }} {{ 'șurub'|capitalize }}", "a, b 2 x Șurub"),
        ("{{ lines|first is none }} {{ [1, 2]|last }} {{ 4 is even }} {{ 4 is odd }} {{ '' is string }}", "False 2 True False True"),
        ("{% set luni = warranty_months %}{{ luni }} luni", "12 luni"),
        ("{{ 'CJ' in number and 'a' not in ['b'] }}", "True"),
        ("{% for a, b in [[1, 2], [3, 4]] %}{{ a + b }} {% endfor %}", "3 7 "),
        ("{# nota noastră #}{% raw %}{{ literal }}{% endraw %}", "{{ literal }}"),
    ],
)  # fmt: skip
def test_what_a_text_may_do_works(template: str, expected: str) -> None:
    assert render_text(template, DATA) == expected


def test_an_invoice_renders() -> None:
    template = """Factura {{ number }} din {{ received }}
{% for line in lines %}
{{ loop.index }}. {{ line.name }}: {{ line.quantity }} x {{ line.price }} = {{ (line.quantity * line.price)|round(2) }} lei
{% endfor %}
Total: {{ total }} lei{% if client.email %}, trimisă la {{ client.email }}{% endif %}
"""
    assert render_text(template, DATA).splitlines() == [
        "Factura CJ-4821 din 2026-11-24",
        "1. Înlocuire ecran: 1 x 180.00 = 180.00 lei",
        "2. Ansamblu ecran: 2 x 520.50 = 1041.00 lei",
        "Total: 1221.00 lei",
    ]


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("a\nb\n{{ nothing }}", 3),
        ("a\n{% if %}\n", 2),
        ("\n\n\n{{ number|attr('x') }}", 4),
        ("{{ number }}\n{{ 1 / 0 }}", 2),
    ],
)
def test_a_refusal_names_the_line(template: str, line: int) -> None:
    with pytest.raises(TemplateError) as refusal:
        render_text(template, DATA)
    assert refusal.value.line == line


def test_a_name_set_in_a_loop_ends_with_its_turn() -> None:
    with pytest.raises(TemplateError):
        render_text("{% for a in [1] %}{% set b = a %}{% endfor %}{{ b }}", {})


def test_a_filter_of_the_caller_is_allowed_and_its_result_escaped() -> None:
    sandbox = DocumentSandbox({"money": lambda value: f"<{value}> lei"})
    assert sandbox.render("{{ total|money }}", DATA) == "&lt;1221.00&gt; lei"


def test_a_text_is_checked_when_it_is_saved_without_data() -> None:
    sandbox = DocumentSandbox()
    sandbox.check("{{ anything.at.all }}")
    with pytest.raises(TemplateError):
        sandbox.check("{{ anything|map('x') }}")


def test_the_budget_is_each_renderings_own() -> None:
    sandbox = DocumentSandbox(budget=Budget(steps=60))
    for _turn in range(5):
        assert sandbox.render("{{ a }}{{ a }}", {"a": 1}) == "11"
    with pytest.raises(TemplateError):
        sandbox.render("{% for b in a %}{{ b }}{% endfor %}", {"a": list(range(60))})
