// Lets the installed app open without a network, and sends what the outbox holds when the network is back and no page
// is open to do it. It keeps the shell only: styles, scripts and the camera page; never an invoice.
import { all, forget, keep, request } from "/static/outbox.js";
import { forgetPerson, person } from "/static/person.js";

const CACHE = "shell-2";
const PAGES = ["/phone", "/offline"];
const SHELL = [
  ...PAGES, "/static/manifest.webmanifest", "/static/style.css", "/static/icons.svg", "/static/icon.svg",
  ...["frame", "outbox", "person", "sender", "outgoing", "recent", "upload", "phone", "aim", "quality"].map((name) => `/static/${name}.js`),
];
/** How long the network may take before the kept shell is shown instead. */
const PATIENCE = 3000;

addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(forgetOldShells().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const { request: asked } = event;
  const address = new URL(asked.url);
  if (asked.method !== "GET" || address.origin !== location.origin) return;
  if (SHELL.includes(address.pathname)) event.respondWith(fromNetworkOrShell(asked, address.pathname));
  else if (asked.mode === "navigate") event.respondWith(fetch(asked).catch(() => caches.match("/offline")));
});
addEventListener("sync", (event) => { if (event.tag === "outgoing") event.waitUntil(sendAll()); });

async function forgetOldShells() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
}

async function fromNetworkOrShell(asked, path) {
  const cache = await caches.open(CACHE);
  const fresh = fetch(asked).then((answer) => {
    if (answer.ok && !answer.redirected) cache.put(path, answer.clone());
    return answer;
  });
  fresh.catch(() => {});
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const first = await Promise.race([fresh, late]).catch(() => null);
  return first ?? (await cache.match(path)) ?? fresh;
}

/** An open page holds the lock and sends with a bar for each file; only without one is it done here. */
function sendAll() {
  return navigator.locks.request("shoupiao-sender", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    forgetPerson();
    const sender = await person();
    for (const item of sender ? await all() : []) {
      if (item.held || item.refused || (item.owner && item.owner !== sender.name)) continue;
      const { address, headers } = request(item, sender.token);
      const answer = await fetch(address, { method: "PUT", headers, body: item.file });
      if (answer.ok) await forget(item.key);
      else if (answer.status >= 500) throw new Error(String(answer.status));
      else if (![401, 403, 408, 425, 429].includes(answer.status)) await keep({ ...item, refused: await sentence(answer) });
    }
  });
}

async function sentence(answer) {
  try {
    const problem = await answer.json();
    return { zh: problem.detail_zh, en: problem.detail };
  } catch {
    return { zh: String(answer.status), en: String(answer.status) };
  }
}
