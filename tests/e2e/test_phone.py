"""The camera page: photos are safe on the phone at once, are looked at, and are sent when there is a network."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from intake.preprocess.quality import measure
from models.kinds import Kind
from samples.forms import in_form
from samples.invoice import draw_invoice
from samples.photo import jpeg
from tests.e2e.conftest import FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(180)]
SET = Path(__file__).parents[2] / "samples" / "set"
SHELL = re.compile(r"/(phone|offline|static/[\w.-]+)$")
_seeds = itertools.count(71_000)
Picture = NDArray[np.uint8]


def photo() -> bytes:
    """A photo of an invoice that no other test has sent."""
    seed = next(_seeds)
    return in_form(draw_invoice(seed, Kind.DIGITAL_NORMAL), "photo", seed)


def picture(content: bytes) -> Picture:
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def blurred(content: bytes) -> bytes:
    return jpeg(np.asarray(cv2.GaussianBlur(picture(content), (0, 0), 5), np.uint8))


def glaring(content: bytes) -> bytes:
    """The lamp above the desk mirrored in the paper."""
    seen = (picture(content) * 0.8).astype(np.uint8)
    height, width = seen.shape[:2]
    cv2.ellipse(seen, (width // 2, height // 2), (width // 6, height // 8), 20, 0, 360, (255, 255, 255), -1)
    return jpeg(seen)


@pytest.fixture
def phone(opened: Callable[..., Page], service: str) -> Page:
    page = opened(390, 844, is_mobile=True, has_touch=True)
    page.goto(f"{service}/phone")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def shoot(page: Page, *contents: bytes, name: str = "image.jpg", kind: str = "image/jpeg") -> None:
    files: Any = [{"name": name, "mimeType": kind, "buffer": content} for content in contents]
    page.locator(".shutter input").set_input_files(files)


def received(page: Page, service: str) -> int:
    """How many documents the service has."""
    counts: dict[str, int] = page.request.get(f"{service}/api/v1/status").json()["documents"]
    return sum(counts.values())


def send(page: Page) -> None:
    page.locator("#send").click()


def follow(page: Page) -> None:
    page.get_by_role("link", name="查看进度").click()
    page.wait_for_url("**/batches/*")


def test_photos_taken_without_a_network_are_kept_and_sent_when_it_is_back(phone: Page) -> None:
    phone.context.set_offline(True)
    shoot(phone, photo(), photo())
    expect(phone.locator("#standing")).to_contain_text("共 2 张待发送")
    said = phone.locator("#standing").inner_text()
    assert float(re.findall(r"（([\d.]+) 秒", said)[0]) < 1.0
    expect(phone.locator("#strip .chip.good")).to_have_count(2)

    send(phone)
    expect(phone.locator("#standing")).to_contain_text("2 张已存在本机，联网后自动发送")
    phone.reload()
    expect(phone.locator("#strip .chip")).to_have_text(["等待网络", "等待网络"])
    phone.context.set_offline(False)

    expect(phone.locator("#standing")).to_contain_text("2 张已送达", timeout=30_000)
    follow(phone)
    expect(phone.locator("tbody .chip:is(.registered, .in_review)")).to_have_count(2, timeout=120_000)


def test_a_photo_that_is_sent_while_it_is_looked_at_stays_sent(phone: Page) -> None:
    phone.context.set_offline(True)
    phone.evaluate("""() => {
        const real = createImageBitmap;
        let looks = 0;
        window.createImageBitmap = async (file) => {
            if (++looks === 2) await new Promise((go) => { window.goOn = go; });
            return real(file);
        };
    }""")
    shoot(phone, photo(), photo())
    phone.wait_for_function("() => window.goOn")
    send(phone)
    expect(phone.locator("#strip .chip")).to_have_text(["等待网络", "等待网络"])
    phone.evaluate("() => window.goOn()")
    expect(phone.locator("#strip img[src]")).to_have_count(2)
    phone.reload()
    expect(phone.locator("#strip .chip")).to_have_text(["等待网络", "等待网络"])


def test_photos_are_sent_by_the_service_worker_when_no_page_is_open(phone: Page, service: str) -> None:
    workers = _ServiceWorkers(phone, service)
    phone.context.set_offline(True)
    shoot(phone, photo())
    expect(phone.locator("#strip .chip.good")).to_have_count(1)
    send(phone)
    expect(phone.locator("#strip .chip")).to_have_text("等待网络")
    phone.goto("about:blank")
    phone.context.set_offline(False)

    before = received(phone, service)
    workers.sync("outgoing")

    assert received(phone, service) == before + 1
    phone.goto(f"{service}/phone")
    expect(phone.locator("#strip li")).to_have_count(0)


def test_a_blurred_photo_waits_for_a_word(phone: Page) -> None:
    good = photo()
    shoot(phone, blurred(good), good)
    expect(phone.locator("#strip .chip.ask")).to_have_text("模糊")
    expect(phone.locator("#send")).to_have_text("发送 1 张")

    phone.get_by_role("button", name="仍然发送").click()
    expect(phone.locator("#send")).to_have_text("发送 2 张")


def test_glare_is_named_and_a_shot_can_be_taken_away(phone: Page) -> None:
    shoot(phone, glaring(photo()))
    expect(phone.locator("#strip .chip.ask")).to_have_text("反光")
    expect(phone.locator("#strip")).to_contain_text("换个角度")
    expect(phone.locator("#send")).to_be_disabled()

    phone.locator("#strip").get_by_role("button", name="移除").click()
    expect(phone.locator("#none")).to_be_visible()
    phone.reload()
    expect(phone.locator("#strip li")).to_have_count(0)


def test_the_same_photo_is_kept_and_sent_once(phone: Page) -> None:
    once = photo()
    shoot(phone, once)
    expect(phone.locator("#strip .chip.good")).to_have_count(1)
    shoot(phone, once)
    expect(phone.locator("#send")).to_have_text("发送 1 张")
    send(phone)
    follow(phone)
    expect(phone.locator("tbody tr")).to_have_count(1)


def test_heic_goes_through_as_it_is(phone: Page) -> None:
    shoot(phone, (SET / "paper-heic.heic").read_bytes(), name="IMG_0001.HEIC", kind="image/heic")
    expect(phone.locator("#strip")).to_contain_text("IMG_0001.HEIC")
    expect(phone.locator("#strip .chip.good")).to_have_text("已存在本机")
    send(phone)
    follow(phone)
    expect(phone.locator("tbody .chip:is(.registered, .in_review, .duplicate)")).to_be_visible(timeout=120_000)


def test_the_live_view_says_what_a_photo_would_be_worth_and_takes_it(phone: Page) -> None:
    phone.context.grant_permissions(["camera"])
    phone.reload()
    phone.get_by_role("button", name="实时取景").click()
    expect(phone.locator("#hint")).not_to_be_empty()

    phone.locator(".shutter input").click()
    expect(phone.locator("#strip li")).to_have_count(1)
    expect(phone.locator("#strip .chip.ask, #strip .chip.good")).to_have_count(1)


#: The interface that Chromium lacks on Linux, over a decoder that it is given: what the camera shows is really read.
_DETECTOR = """globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    return (await readCodes(canvas.toDataURL("image/jpeg", 0.95))).map((rawValue) => ({ rawValue }));
  }
};"""


@pytest.fixture
def aiming(browser: Browser, service: str, tmp_path: Path) -> Iterator[Page]:
    """A phone whose camera looks at an invoice, in a browser that can read codes."""
    content = cv2.imencode(".jpg", cv2.resize(picture((SET / "digital-photo.jpg").read_bytes()), (1600, 1200)))[1]
    film = tmp_path / "camera.mjpeg"
    film.write_bytes(content.tobytes() * 3)
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]
    own = browser.browser_type.launch(executable_path="/usr/bin/chromium", args=flags)
    page = own.new_page(viewport={"width": 390, "height": 844}, permissions=["camera"])
    page.expose_function("readCodes", _codes_of)
    page.add_init_script(_DETECTOR)
    page.goto(f"{service}/phone")
    yield page
    page.goto("about:blank")  # nobody asks for codes any more
    own.close()


def _codes_of(address: str) -> list[str]:
    content = base64.b64decode(address.partition(",")[2])
    return [code.text for code in zxingcpp.read_barcodes(picture(content))]


def test_while_one_aims_the_code_is_read_and_its_number_said(aiming: Page) -> None:
    number = json.loads((SET / "digital-photo.jpg.json").read_text("utf-8"))["invoice_number"]
    aiming.get_by_role("button", name="实时取景").click()
    expect(aiming.locator("#hint")).to_have_text(f"二维码已读出，可以拍了：{number}", timeout=30_000)
    expect(aiming.locator("#finder")).to_have_class("finder good")


def test_without_a_reader_of_codes_there_is_no_number_and_shooting_works(phone: Page) -> None:
    assert phone.evaluate("globalThis.BarcodeDetector === undefined")
    phone.context.grant_permissions(["camera"])
    phone.get_by_role("button", name="实时取景").click()
    expect(phone.locator("#hint")).not_to_be_empty()
    expect(phone.locator("#hint")).not_to_contain_text("二维码")
    phone.locator(".shutter input").click()
    expect(phone.locator("#strip li")).to_have_count(1)


def test_the_phone_measures_as_the_service_does(phone: Page) -> None:
    good = photo()
    for content in (good, blurred(good), glaring(good), jpeg(np.full((900, 1200, 3), 255, np.uint8))):
        ours = measure(picture(content))
        theirs = phone.evaluate(
            """async (bytes) => {
              const { measure } = await import("/static/quality.js");
              const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
              return measure(picture, picture.width, picture.height);
            }""",
            list(content),
        )
        assert theirs["sharpness"] == pytest.approx(ours.sharpness, rel=0.15, abs=0.03)
        assert theirs["contrast"] == pytest.approx(ours.contrast, abs=4)
        assert theirs["glare"] == pytest.approx(ours.glare, abs=0.004)
        assert theirs["shortSide"] == ours.short_side


@pytest.mark.parametrize(
    ("payload", "number"),
    [
        ("01,32,,26112000000000000017,106.00,20260302,,1A2B", "26112000000000000017"),
        ("01,04,011002100411,87654321,94.34,20240105,12345678901234567890,3C4D", "87654321"),
        ("https://example.com/invoice", None),
    ],
)
def test_a_code_gives_the_number_of_its_invoice(phone: Page, payload: str, number: str | None) -> None:
    script = "async (text) => (await import('/static/aim.js')).numberIn(text)"
    assert phone.evaluate(script, payload) == number


def test_the_app_keeps_its_shell_and_never_an_invoice(phone: Page, service: str) -> None:
    phone.goto(f"{service}/ledger")
    phone.goto(f"{service}/phone")
    kept = phone.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
          (await (await caches.open(name)).keys()).map((asked) => new URL(asked.url).pathname)))).flat()"""
    )
    assert kept
    assert [path for path in kept if not SHELL.search(path)] == []

    phone.context.set_offline(True)
    phone.goto(f"{service}/ledger")
    expect(phone.locator(".empty")).to_contain_text("现在没有网络")


def test_the_app_can_be_installed(phone: Page, service: str) -> None:
    manifest = phone.request.get(f"{service}/static/manifest.webmanifest").json()
    for icon in manifest["icons"]:
        answer = phone.request.get(service + icon["src"])
        assert answer.ok
        assert answer.headers["content-type"].startswith(icon["type"])
    protocol = phone.context.new_cdp_session(phone)
    faults = protocol.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in faults if one["errorId"] != "in-incognito"] == []


class _ServiceWorkers:
    """Fires the events that a system sends to a service worker."""

    def __init__(self, page: Page, service: str) -> None:
        self._page, self._service = page, service
        self._protocol = page.context.new_cdp_session(page)
        self._registrations: list[str] = []
        self._protocol.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._protocol.send("ServiceWorker.enable")

    def _note(self, event: dict[str, Any]) -> None:
        self._registrations += [one["registrationId"] for one in event["registrations"] if not one["isDeleted"]]

    def sync(self, tag: str) -> None:
        """Say that the network is back, and give the worker a moment."""
        self._page.wait_for_timeout(500)
        asked = {"origin": self._service, "registrationId": self._registrations[-1], "tag": tag, "lastChance": False}
        self._protocol.send("ServiceWorker.dispatchSyncEvent", asked)
        self._page.wait_for_timeout(3000)
