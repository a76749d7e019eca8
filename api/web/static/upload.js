// The whole window takes files, on every page: dropped (folders too), pasted, or chosen.
import { element, say, toast } from "./frame.js";
import { keep, keyOf, lasting, newBatch } from "./outbox.js";
import { note, recent } from "./recent.js";
import { person } from "./person.js";
import { announce } from "./sender.js";
import { showOutgoing } from "./outgoing.js";

const form = document.getElementById("upload");
const veil = document.getElementById("veil");
const limit = Number(document.body.dataset.limit);
/** From how many files on people are told that it takes a moment. */
const MANY = 20;
/** How many of the last batches are offered. */
const OFFERED = 8;
/** What systems leave in folders, and nobody means to send. */
const LITTER = /^(\.|~\$)|^(thumbs\.db|desktop\.ini)$/i;

/** Put files into a new batch, send them, and go to its page where this page is for sending. */
export async function sendFiles(files, { door = "page" } = {}) {
  const wanted = [...files].filter((file) => !LITTER.test(file.name) && file.size);
  if (!wanted.length) { toast(say("nothing_to_send")); return; }
  if (wanted.length > MANY) toast(say("preparing", { n: wanted.length }));
  const batch = newBatch();
  for (const [place, file] of wanted.entries()) await keepFile(batch, file, { door, at: Date.now() + place / 1000 });
  if (!lasting) toast(say("not_kept"));
  const address = form && lasting ? await openBatch(batch, door) : null;
  if (address) location.assign(address);
  else announce(batch);
}

/** Keep one file in the outbox, and give its item; one over the limit is kept as refused, without its content. */
export async function keepFile(batch, file, { door, at, held = false }) {
  const told = say("too_large", { limit });
  const refused = file.size > limit * 2 ** 20 ? { zh: told, en: told } : null;
  const key = refused ? `${batch}:${file.name}:${file.size}` : await keyOf(batch, file);
  const item = { key, batch, name: file.name || "file", file: refused ? null : file, owner: owner(), door, at, held, refused };
  await keep(item);
  return item;
}

/** The address of a batch's page; nothing while the service cannot be reached. */
export async function openBatch(batch, door) {
  try {
    const sender = await person();
    if (!sender) return null;
    const answer = await fetch(`/api/v1/submissions/${batch}?door=${door}`, { method: "PUT", headers: { "x-csrf-token": sender.token } });
    if (!answer.ok) return null;
    const address = `/batches/${(await answer.json()).id}`;
    note(batch, address);
    return address;
  } catch {
    return null;
  }
}

/** Who is signed in here, or was when the page was last shown; a page that was kept without a network does not know. */
function owner() {
  const here = document.body.dataset.person;
  try {
    if (here) localStorage.setItem("person", here);
    return here || localStorage.getItem("person") || "";
  } catch {
    return here || ""; // a browser that keeps nothing
  }
}

/** The files of a drop, those of dropped folders and of folders in them included. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(filesIn))).flat();
}

async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader(), found = [];
  for (;;) { // a reader gives a hundred entries at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(filesIn))).flat();
}

const list = document.getElementById("recent");
if (list && recent().length) {
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const link = ({ address, at }) => element("li", {}, element("a", { href: address, text: moment.format(at) }));
  list.querySelector("ul").append(...recent().slice(0, OFFERED).map(link));
  list.hidden = false;
}

if (form) {
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => { sendFiles(input.files).finally(() => { input.value = ""; }); });
  }
}

let depth = 0;
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
addEventListener("dragenter", (event) => { if (carriesFiles(event)) { depth += 1; veil.hidden = false; } });
addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); veil.hidden = depth === 0; });
addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
addEventListener("drop", (event) => {
  depth = 0;
  veil.hidden = true;
  if (!carriesFiles(event) || event.target.closest?.("input[type=file]")) return;
  event.preventDefault();
  filesOf(event.dataTransfer).then(sendFiles);
});
addEventListener("paste", (event) => { if (event.clipboardData?.files.length) sendFiles(event.clipboardData.files); });

// The panel stands on every page but the batch's own, which lists its files itself, and the phone's, which shows photos.
const panel = document.getElementById("panel");
if (!document.getElementById("outgoing") && !document.getElementById("strip")) {
  const link = panel.querySelector("a");
  link.textContent = say("open_batch");
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const address = await openBatch(link.dataset.batch, "page");
    if (address) location.assign(address);
    else toast(say("waits_for_network"));
  });
  showOutgoing(panel.querySelector("ul"), (item) => !item.held, (items) => {
    panel.hidden = !items.length;
    panel.querySelector("b").textContent = say("sending_told", { n: items.length });
    if (items.length) { link.dataset.batch = items[items.length - 1].batch; link.href = "#"; }
  });
}
