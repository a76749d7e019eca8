// The page of a batch, live: events where they come through, a look every few seconds where they do not.
import { say, toast } from "./frame.js";
import { showOutgoing } from "./outgoing.js";
import { follow } from "./sender.js";

const LOOK = 3000, SILENCE = 8000, LONGEST_SHARE = 4;
const batch = document.getElementById("batch");
const outgoing = document.getElementById("outgoing");
const { id } = batch.dataset;
const { client } = outgoing.dataset;
let unsent = 0, working = true, looking = false, lookAgain = false, source = null, heard = 0;

const rows = () => batch.firstElementChild.dataset;
const finished = () => rows().done === "yes" && unsent === 0 && rows().count !== "0";

async function look() {
  if (looking) { lookAgain = true; return; }
  looking = true;
  const began = performance.now();
  try {
    const answer = await fetch(location.href, { headers: { "x-part": "rows" } });
    if (answer.ok) replaceRows(await answer.text());
  } catch { /* the network is away; the next look tells */ }
  // A large batch takes longer to show; it is looked at less often, so that the page stays quick.
  await new Promise((resolve) => { setTimeout(resolve, LONGEST_SHARE * (performance.now() - began)); });
  looking = false;
  if (lookAgain) { lookAgain = false; look(); }
}

function replaceRows(html) {
  const focused = batch.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  batch.innerHTML = html;
  if (focused) batch.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  if (finished()) close();
  else if (!working) open();
}

function close() {
  source?.close();
  source = null;
  if (!working) return;
  working = false;
  const { registered, duplicate, needs } = rows();
  toast(say("done_toast", { registered, duplicate, needs }), 20);
}

function open() {
  working = true;
  source?.close();
  source = new EventSource(`/api/v1/submissions/${id}/events`);
  source.addEventListener("beat", () => { heard = Date.now(); });
  source.addEventListener("change", () => { heard = Date.now(); look(); });
  // "done" only speaks for the files that have arrived; more may be on their way.
  source.addEventListener("done", () => { source?.close(); source = null; heard = 0; look(); });
}

follow((news) => { if (news.batch === client && news.state === "arrived") look(); });
showOutgoing(outgoing, (item) => client && item.batch === client, (items) => {
  unsent = items.filter((item) => !item.refused).length;
  if (working && finished()) close();
  if (!working && unsent) open();
}).then(() => {
  working = !finished();
  if (working) open();
});
setInterval(() => { if (working && !document.hidden && Date.now() - heard > SILENCE) look(); }, LOOK);
addEventListener("visibilitychange", () => { if (!document.hidden && working) look(); });

document.getElementById("copy").addEventListener("click", async () => {
  const address = location.origin + location.pathname;
  try { await navigator.clipboard.writeText(address); toast(say("copied")); } catch { prompt("", address); }
});

// Buttons in the rows act here, so that the list stays where it is.
batch.addEventListener("submit", async (event) => {
  event.preventDefault();
  await fetch(event.target.action, { method: "POST", body: new FormData(event.target) });
  if (!working) open();
  look();
});
