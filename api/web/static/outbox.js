// Files on their way: kept in IndexedDB until the service has them, so that neither a reload, a closed page nor a dead
// network loses one. Where the browser keeps nothing (some private windows) they live as long as the page.

const NAME = "shoupiao", STORE = "outgoing";
const memory = new Map();
let opened;

/** Whether what is put here outlives the page. */
export let lasting = true;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function work(mode, job) {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE);
  return new Promise((resolve, reject) => {
    const asked = job(store);
    store.transaction.oncomplete = () => resolve(asked.result);
    store.transaction.onabort = store.transaction.onerror = () => reject(store.transaction.error);
  });
}

/** Keep an item: {key, batch, name, file, owner, door, at, held, refused}. The same key is kept once; held ones stay. */
export async function keep(item) {
  try {
    await work("readwrite", (store) => store.put(item));
  } catch {
    lasting = false;
    memory.set(item.key, item);
  }
}

/** Every item, the oldest first. */
export async function all() {
  let kept = [];
  try {
    kept = await work("readonly", (store) => store.getAll());
  } catch {
    lasting = false;
  }
  return [...kept, ...memory.values()].sort((a, b) => a.at - b.at);
}

/** Forget an item that has arrived, or that somebody took away. */
export async function forget(key) {
  memory.delete(key);
  await work("readwrite", (store) => store.delete(key)).catch(() => {});
}

/** What an item is known by: its batch and its content, so that the same file is sent once. */
export async function keyOf(batch, file) {
  if (!globalThis.crypto?.subtle) return `${batch}:${file.name}:${file.size}:${file.lastModified ?? 0}`;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return `${batch}:${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** A new name for a batch. `randomUUID` is missing on pages without TLS. */
export function newBatch() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The address that takes an item in, and the headers that go with it; `token` is that of who is signed in. */
export function request(item, token) {
  return {
    address: `/api/v1/submissions/${item.batch}/${encodeURIComponent(item.name)}`,
    headers: { "x-csrf-token": token, "content-type": "application/octet-stream" },
  };
}
