"""Where a message may go, and that it goes to the very address that was judged."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest

from intake.desk.sync.guard import BadAddress, check_url, find
from intake.settings import Settings

HOUSE = (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd12::/16"))
OUTSIDE = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
FORBIDDEN = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:5601:fefe", "fe80::1", "fe80::1%eth0", "fec0::1",
    "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
]  # fmt: skip


def answering(*addresses: str) -> object:
    return lambda host, port: list(addresses)


def code_of(url: str, *addresses: str, inside: Sequence[object] = ()) -> str | None:
    try:
        find(url, inside, resolver=answering(*addresses))  # type: ignore[arg-type]
    except BadAddress as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_open(address: str) -> None:
    assert code_of("https://partner.example/hook", address) is None


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_address_inside_is_reached_by_a_name(address: str) -> None:
    assert code_of("https://partner.example/hook", address) == "forbidden_address"


@pytest.mark.parametrize("address", [one for one in FORBIDDEN if "%" not in one])
def test_nor_in_figures(address: str) -> None:
    literal = f"[{address}]" if ":" in address else address

    with pytest.raises(BadAddress, match="forbidden_address"):
        check_url(f"https://{literal}/hook", ())


def test_one_forbidden_address_forbids_the_name() -> None:
    assert code_of("https://partner.example/", OUTSIDE[0], "192.168.1.1") == "forbidden_address"


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_other_spellings_of_this_machine_lead_nowhere(host: str) -> None:
    with pytest.raises(BadAddress):
        find(f"https://{host}/", ())


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "fd12::5"])
def test_a_network_that_the_operator_named_is_open_and_needs_no_encryption(address: str) -> None:
    assert code_of("http://erp.house/hook", address, inside=HOUSE) is None


@pytest.mark.parametrize("address", ["10.2.0.1", "192.168.1.1", "127.0.0.1", "fd13::1"])
def test_and_no_other_with_it(address: str) -> None:
    assert code_of("https://erp.house/hook", address, inside=HOUSE) == "forbidden_address"


def test_what_a_cloud_tells_its_machines_is_closed_however_wide_the_network() -> None:
    everything = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]

    for address in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254", "::ffff:169.254.169.254"):
        assert code_of("https://partner.example/", address, inside=everything) == "forbidden_address"


def test_outside_the_house_nothing_goes_unencrypted() -> None:
    assert code_of("http://partner.example/", OUTSIDE[0]) == "not_https"
    assert code_of("http://partner.example/", OUTSIDE[0], inside=HOUSE) == "forbidden_address"


@pytest.mark.parametrize(
    "url",
    [
        "", "partner.example", "//partner.example/", "ftp://partner.example/", "file:///etc/passwd", "https:///x",
        "https://user:word@partner.example/", "https://partner.example/#part", "https://partner.example:70000/",
        "https://partner.example:x/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    assert code_of(url, OUTSIDE[0]) == "bad_url"


def test_a_name_without_an_address_is_unknown() -> None:
    def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError("not found")

    with pytest.raises(BadAddress, match="unknown_host"):
        find("https://partner.example/", (), resolver=nobody)
    assert code_of("https://partner.example/") == "unknown_host"


def test_a_name_is_asked_for_once_in_the_form_of_the_network() -> None:
    asked: list[tuple[str, int]] = []

    def resolver(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return [OUTSIDE[0], OUTSIDE[0], OUTSIDE[1]]

    target = find("https://例子.中国:8443/x", (), resolver=resolver)

    assert asked == [("xn--fsqu00a.xn--fiqs8s", 8443)]
    assert [str(one) for one in target.addresses] == OUTSIDE


def test_the_networks_of_the_house_are_set_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUPIAO_SYNC_INSIDE", "10.1.0.0/16, fd12::/16")

    assert Settings().sync_inside == HOUSE


def test_a_network_that_is_none_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUPIAO_SYNC_INSIDE", "10.1.0.0/99")

    with pytest.raises(ValueError, match="sync_inside"):
        Settings()
