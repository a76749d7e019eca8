// The page of a batch: files on their way to the service above those that have arrived, until all have their outcome.
import { say, toast } from "./frame.js";
import { follow as followSubmission, refresh } from "./live.js";
import { showOutgoing } from "./outgoing.js";
import { batchAt } from "./recent.js";
import { follow as followSending } from "./sender.js";

/** How many times as long as a look takes there is none after it, so that a large batch does not make the page slow. */
const REST = 4;
const batch = document.getElementById("batch");
const outgoing = document.getElementById("outgoing");
const client = batchAt(location.pathname);
let unsent = 0, working = true, looking = false, lookAgain = false;

const rows = () => batch.firstElementChild.dataset;
const finished = () => rows().done === "yes" && unsent === 0 && rows().count !== "0";
const live = followSubmission(batch.dataset.id, look);

async function look() {
  if (looking) { lookAgain = true; return; }
  looking = true;
  const began = performance.now();
  await refresh(batch);
  settle();
  await new Promise((resolve) => { setTimeout(resolve, REST * (performance.now() - began)); });
  looking = false;
  if (lookAgain) { lookAgain = false; look(); }
}

function settle() {
  if (finished() && working) {
    working = false;
    live.stop();
    const { registered, duplicate, needs } = rows();
    toast(say("done_toast", { registered, duplicate, needs }), 20);
  } else if (!finished() && !working) {
    working = true;
    live.start();
  }
}

followSending((news) => { if (client && news.batch === client && news.state === "arrived") look(); });
showOutgoing(outgoing, (item) => client && item.batch === client, (items) => {
  unsent = items.filter((item) => !item.refused).length;
  settle();
});
if (finished()) working = false;
else live.start();

document.getElementById("copy").addEventListener("click", async () => {
  const address = location.origin + location.pathname;
  try { await navigator.clipboard.writeText(address); toast(say("copied")); } catch { prompt("", address); }
});

// Buttons in the rows act here, so that the list stays where it is.
batch.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer) return toast(say("no_answer"));
  if (!answer.ok) return form.submit(); // the page that it leads to says what is wrong
  // What is read again may be done before the next look; its outcome is told all the same.
  working = true;
  live.start();
  look();
});
