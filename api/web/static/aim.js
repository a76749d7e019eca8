// The live view, where the browser has one: it says what a photo taken now would be worth, and reads the code of the
// invoice while one aims. Everything here is extra; the camera of the phone itself is always there.
import { say } from "./frame.js";
import { doubts, measure } from "./quality.js";

const LOOK = 350;
let detector;

async function codes() {
  if (detector !== undefined) return detector;
  const able = globalThis.BarcodeDetector ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
  detector = able.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  return detector;
}

/** The number of the invoice whose code is on a picture; nothing where there is none or the browser cannot read codes. */
export async function readCode(picture) {
  const reader = await codes();
  const found = reader ? await reader.detect(picture).catch(() => []) : [];
  return found.map(({ rawValue }) => numberIn(rawValue)).find(Boolean) ?? null;
}

/** The number in the comma form of the tax system: 01, kind, code, number, amount, date … */
export function numberIn(text) {
  const parts = text.split(",");
  return parts.length >= 6 && parts[0] === "01" && /^\d{8}(\d{12})?$/.test(parts[3]) ? parts[3] : null;
}

/** Whether there is a camera that a page may look through. */
export async function canAim() {
  if (!navigator.mediaDevices?.getUserMedia) return false;
  return (await navigator.mediaDevices.enumerateDevices()).some((device) => device.kind === "videoinput");
}

/** Offer the live view; `take(files)` gets what the shutter catches. */
export function startAiming(take, complain) {
  const button = document.getElementById("aim"), finder = document.getElementById("finder");
  const video = document.getElementById("video"), hint = document.getElementById("hint");
  const shutter = document.getElementById("shutter");
  let stream = null, clock = null;

  async function open() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" }, width: { ideal: 3840 }, height: { ideal: 2160 } } });
    } catch {
      complain(say("no_camera"));
      return;
    }
    video.srcObject = stream;
    await video.play();
    show(true);
    clock = setTimeout(watch, LOOK);
  }
  function close() {
    clearTimeout(clock);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    show(false);
  }
  function show(open_) {
    finder.hidden = !open_;
    button.setAttribute("aria-pressed", String(open_));
  }
  async function watch() {
    if (!stream) return;
    if (video.videoWidth) {
      const code = await readCode(video);
      const wrong = code ? [] : doubts(measure(video, video.videoWidth, video.videoHeight)).filter((one) => one !== "small");
      finder.className = `finder ${code ? "good" : wrong.length ? "ask" : ""}`;
      hint.textContent = code ? say("aim_code", { number: code }) : wrong.length ? say(`mend_${wrong[0]}`) : say("aim_fine");
    }
    clock = setTimeout(watch, LOOK);
  }
  async function shoot() {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.92); });
    await take([new File([blob], "image.jpg", { type: "image/jpeg" })]);
  }

  button.hidden = false;
  button.addEventListener("click", () => (stream ? close() : open()));
  // While the live view is open the shutter catches it; else it opens the phone's own camera.
  shutter.addEventListener("click", (event) => { if (stream) { event.preventDefault(); shoot(); } });
  addEventListener("visibilitychange", () => { if (document.hidden && stream) close(); });
}
