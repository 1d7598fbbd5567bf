"""Where a request says its write key."""

import base64

import pytest

from motherlode.collect.write_keys import header_keys


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        (b"Basic " + base64.b64encode(b"key:"), ["key"]),
        (b"Basic " + base64.b64encode(b"key"), ["key"]),
        (b"basic " + base64.b64encode(b"key:secret"), ["key:secret", "key"]),
        (b"Bearer key", ["key"]),
        (b"Basic !", []),
    ],
)
def test_keys_stand_in_many_headers(header, keys):
    assert list(header_keys({b"authorization": header})) == keys
