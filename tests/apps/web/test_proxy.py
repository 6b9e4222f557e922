from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from craftpath.web.proxy import AddressFromProxy


def address_seen(**headers: str) -> str:
    def tell(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.META["REMOTE_ADDR"])

    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", headers=headers)
    return AddressFromProxy(tell)(request).content.decode()


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_takes_the_address_that_the_proxy_tells(address: str):
    assert address_seen(x_forwarded_for=address) == address


def test_takes_the_last_address_and_not_what_a_client_put_before_it():
    assert address_seen(x_forwarded_for="198.51.100.1, 203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize("told", ["", "unknown", "203.0.113.7, ", "<script>", "203.0.113.7:80"])
def test_keeps_its_own_where_none_is_told(told: str):
    assert address_seen(x_forwarded_for=told) == "127.0.0.1"


def test_keeps_its_own_without_the_header():
    assert address_seen() == "127.0.0.1"
