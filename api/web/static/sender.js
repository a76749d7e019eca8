// Sends what the outbox holds, a few at once, and tells every open page how far it is.
import { all, forget, keep, request } from "./outbox.js";
import { forgetPerson, person } from "./person.js";

const AT_ONCE = 3;
const LONGEST_PAUSE = 30_000;
const moving = new Map();
const tries = new Map();
const listeners = new Set();
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("shoupiao") : null;
let wake = () => {};

/** Call `told(news)` for every step: {key, batch, state, share}; state is new, sending, waiting, signin, refused,
 *  removed or arrived. */
export function follow(told) {
  listeners.add(told);
}

function tell(news) {
  channel?.postMessage(news);
  hear(news);
}

function hear(news) {
  if (news.state === "new") wake();
  for (const told of listeners) told(news);
}

/** Tell all pages that there is something new to send. */
export function announce(batch) {
  tell({ key: "", batch, state: "new", share: 0 });
}

/** Try a refused item once more. */
export async function again(item) {
  await keep({ ...item, refused: null });
  tries.delete(item.key);
  announce(item.batch);
}

/** Take an item away without sending it. */
export async function remove(item) {
  moving.get(item.key)?.abort();
  await forget(item.key);
  tell({ key: item.key, batch: item.batch, state: "removed", share: 0 });
}

function put(item, token) {
  return new Promise((resolve) => {
    const sent = new XMLHttpRequest();
    const { address, headers } = request(item, token);
    sent.open("PUT", address);
    for (const [name, value] of Object.entries(headers)) sent.setRequestHeader(name, value);
    sent.upload.onprogress = (event) => tell({ key: item.key, batch: item.batch, state: "sending", share: event.loaded / event.total });
    sent.onload = () => resolve({ status: sent.status, text: sent.responseText });
    sent.onerror = sent.onabort = sent.ontimeout = () => resolve({ status: 0, text: "" });
    moving.set(item.key, sent);
    sent.send(item.file);
  });
}

async function send(item) {
  tell({ key: item.key, batch: item.batch, state: "sending", share: 0 });
  const sender = await person();
  // What somebody else left in this browser waits until they are back: it would be sent in the wrong name.
  const others = sender && item.owner && item.owner !== sender.name;
  const { status, text } = sender && !others ? await put(item, sender.token) : { status: others ? 401 : await reached(), text: "" };
  moving.delete(item.key);
  if (status >= 200 && status < 300) {
    await forget(item.key);
    tell({ key: item.key, batch: item.batch, state: "arrived", share: 1 });
  } else if (status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status) && !stale(text)) {
    await keep({ ...item, refused: sentence(text, status) });
    tell({ key: item.key, batch: item.batch, state: "refused", share: 0 });
  } else {
    // The network, the service or the login is away for now; the file is not at fault.
    forgetPerson();
    const count = (tries.get(item.key)?.count ?? 0) + 1;
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** (count - 1));
    tries.set(item.key, { count, until: Date.now() + pause });
    tell({ key: item.key, batch: item.batch, state: status === 401 ? "signin" : "waiting", share: 0 });
    setTimeout(() => wake(), pause);
    askForLater();
  }
}

/** Why nobody is known: 401 when the service says so, 0 when it cannot be reached. */
async function reached() {
  const answer = await fetch("/api/v1/me").catch(() => null);
  return answer?.status === 401 ? 401 : 0;
}

/** Whether the token was refused, as the page has been open for longer than the session. */
function stale(text) {
  try {
    return JSON.parse(text).code === "foreign_form";
  } catch {
    return false;
  }
}

/** Have the service worker send when the network is back, should no page be open by then. */
async function askForLater() {
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("outgoing").catch(() => {});
}

function sentence(text, status) {
  try {
    const problem = JSON.parse(text);
    return { zh: problem.detail_zh, en: problem.detail };
  } catch {
    return { zh: String(status), en: String(status) };
  }
}

function due(item) {
  return !item.refused && !item.held && !moving.has(item.key) && navigator.onLine && (tries.get(item.key)?.until ?? 0) <= Date.now();
}

async function drain() {
  const running = new Set();
  for (;;) {
    const woken = new Promise((resolve) => { wake = resolve; });
    for (const item of await all()) {
      if (running.size >= AT_ONCE) break;
      if (!due(item)) continue;
      const job = send(item).finally(() => running.delete(job));
      running.add(job);
    }
    await Promise.race([woken, ...running]);
  }
}

addEventListener("offline", () => askForLater());
addEventListener("online", () => { tries.clear(); wake(); });
channel?.addEventListener("message", (event) => hear(event.data));
// One page sends for all of them; the others wait for its end. Without locks each sends, which is wasteful but not wrong.
if (navigator.locks) navigator.locks.request("shoupiao-sender", drain);
else drain();
