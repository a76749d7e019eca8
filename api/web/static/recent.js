// The batches that were sent from this browser: one finds back to them, and their files on the way find their page.

const NAME = "batches", KEPT = 40;

/** All of them, the newest first: {address, batch, at}. */
export function recent() {
  try { return JSON.parse(localStorage.getItem(NAME)) ?? []; } catch { return []; }
}

/** Note the address that a batch has at the service. */
export function note(batch, address) {
  const others = recent().filter((one) => one.address !== address);
  const kept = JSON.stringify([{ address, batch, at: Date.now() }, ...others].slice(0, KEPT));
  try { localStorage.setItem(NAME, kept); } catch { /* a browser that keeps nothing has no recent batches */ }
}

/** The batch whose page this address is, if it was sent from here. */
export function batchAt(address) {
  return recent().find((one) => one.address === address)?.batch;
}
