// The camera page: shots are kept on the phone at once, looked at for blur and glare, and sent when one says so.
import { element, say, toast } from "./frame.js";
import { all, forget, keep, lasting, newBatch } from "./outbox.js";
import { announce, follow } from "./sender.js";
import { doubts, measure } from "./quality.js";
import { keepFile, openBatch } from "./upload.js";
import { canAim, readCode, startAiming } from "./aim.js";

const form = document.getElementById("shots");
const strip = document.getElementById("strip");
const send = document.getElementById("send");
const standing = document.getElementById("standing");
const THUMB = 720;
const shots = new Map();
/** How many photos of each batch have arrived since this page was opened. */
const arrived = new Map();

const waiting = () => [...shots.values()].filter(({ item }) => item.held);
const ready = () => waiting().filter(({ item }) => !item.doubts?.length || item.anyway);

async function take(files) {
  const began = performance.now();
  const batch = waiting()[0]?.item.batch ?? newBatch();
  for (const [place, file] of [...files].entries()) {
    const item = await keepFile(batch, named(file), { door: "phone", at: Date.now() + place / 1000, held: true });
    if (!shots.has(item.key)) shots.set(item.key, show(item));
  }
  const took = Math.max(0.1, (performance.now() - began) / 1000).toFixed(1);
  tell(say(lasting ? "saved_here" : "not_kept", { n: waiting().length, s: took }));
  for (const shot of waiting()) if (!shot.item.seen) await look(shot);
}

/** Cameras call every photo image.jpg; the time tells them apart. */
function named(file) {
  if (!/^image\.\w+$/i.test(file.name)) return file;
  const time = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
  return new File([file], file.name.replace("image", `photo-${time}-${shots.size + 1}`), { type: file.type, lastModified: file.lastModified });
}

/** Look at a shot as the service will: its thumbnail, what is wrong with it, the code on it. */
async function look(shot) {
  const { item } = shot;
  let picture = null;
  try { picture = await createImageBitmap(item.file); } catch { /* HEIC and PDF: not for browsers to look at, sent as they are */ }
  const seen = { seen: true, doubts: [], code: null, thumb: null };
  if (picture) {
    seen.doubts = doubts(measure(picture, picture.width, picture.height));
    seen.code = await readCode(picture);
    seen.thumb = await thumbnail(picture);
    picture.close();
  }
  if (!shots.has(item.key)) return;
  shot.item = { ...shot.item, ...seen }; // it may have been sent while it was looked at
  await keep(shot.item);
  shot.paint();
  settle();
}

function thumbnail(picture) {
  const scale = Math.min(1, THUMB / Math.max(picture.width, picture.height));
  const canvas = element("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.8); });
}

function show(item) {
  const box = document.getElementById("shot").content.firstElementChild.cloneNode(true);
  const image = box.querySelector("img"), chip = box.querySelector(".chip"), said = box.querySelector("p");
  const [retake, anyway, again, away] = ["retake", "anyway", "again", "remove"].map((name) => box.querySelector(`[data-do=${name}]`));
  const shot = { item, box, state: "", paint };

  function paint() {
    const { thumb, doubts: wrong = [], held, code, refused, seen } = shot.item;
    if (thumb && !image.src) image.src = URL.createObjectURL(thumb);
    image.alt = shot.item.name;
    const doubtful = held && wrong.length > 0 && !shot.item.anyway;
    const [tone, text] = refused ? ["bad", "state_refused"] : !held ? ["", navigator.onLine && shot.state !== "waiting" ? "state_sending" : "state_waiting"]
      : doubtful ? ["ask", `doubt_${wrong[0]}`] : ["good", code ? "state_code" : "state_saved"];
    chip.className = `chip ${tone}`;
    chip.textContent = say(text);
    const english = document.documentElement.lang === "en";
    said.textContent = refused ? refused[english ? "en" : "zh"] : doubtful ? wrong.map((one) => say(`mend_${one}`)).join(" ")
      : code ? say("code_number", { number: code }) : !thumb && seen ? shot.item.name : "";
    anyway.hidden = retake.hidden = !doubtful;
    again.hidden = !refused;
    away.hidden = !held && !refused;
    box.classList.toggle("doubt", doubtful);
  }
  anyway.addEventListener("click", () => change({ anyway: true }));
  again.addEventListener("click", async () => { await change({ refused: null }); announce(shot.item.batch); });
  away.addEventListener("click", throwAway);
  retake.addEventListener("click", () => { throwAway(); document.querySelector(".shutter input").click(); });
  async function throwAway() {
    drop(item.key);
    await forget(item.key);
  }
  async function change(with_) {
    shot.item = { ...shot.item, ...with_ };
    await keep(shot.item);
    paint();
    settle();
  }
  strip.prepend(box);
  paint();
  return shot;
}

function drop(key) {
  const shot = shots.get(key);
  if (!shot) return;
  URL.revokeObjectURL(shot.box.querySelector("img").src);
  shot.box.remove();
  shots.delete(key);
  settle();
}

function settle() {
  document.getElementById("none").hidden = shots.size > 0;
  const count = ready().length;
  send.disabled = !count;
  send.querySelector("span").textContent = count ? say("send_some", { n: count }) : say("send");
}

function tell(text) {
  standing.hidden = false;
  standing.querySelector("span").textContent = text;
}

send.addEventListener("click", async () => {
  const going = ready();
  const { batch } = going[0].item;
  for (const shot of going) {
    shot.item = { ...shot.item, held: false };
    await keep(shot.item);
    shot.paint();
  }
  // What is still in doubt goes into a batch of its own, as this one is under way.
  const next = newBatch();
  for (const shot of waiting()) { shot.item = { ...shot.item, batch: next }; await keep(shot.item); }
  settle();
  announce(batch);
  if (!navigator.onLine) tell(say("saved_until_network", { n: going.length }));
});

follow(async ({ key, batch, state }) => {
  const shot = shots.get(key);
  if (!shot) return;
  shot.state = state;
  if (state === "refused") shot.item = (await all()).find((item) => item.key === key) ?? shot.item;
  shot.paint();
  if (state === "removed") drop(key);
  if (state !== "arrived") return;
  drop(key);
  arrived.set(batch, (arrived.get(batch) ?? 0) + 1);
  if ([...shots.values()].some(({ item }) => item.batch === batch && !item.refused)) return;
  const address = await openBatch(batch, "phone");
  if (!address) return;
  tell(say("all_sent", { n: arrived.get(batch) }));
  standing.querySelector("span").append(" ", element("a", { href: address, text: say("open_batch") }));
});

for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", async () => { await take(input.files); input.value = ""; });
}
for (const event of ["online", "offline"]) addEventListener(event, () => { for (const shot of shots.values()) shot.paint(); });

for (const item of await all()) shots.set(item.key, show(item));
settle();
if (waiting().length) tell(say("saved_before", { n: waiting().length }));
if (await canAim()) startAiming(take, toast);
