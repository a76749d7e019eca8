// The page of a batch, live.
import { toast } from "./frame.js";

const batch = document.getElementById("batch");
if (batch && batch.dataset.done === "no") {
  const source = new EventSource(`/api/v1/submissions/${batch.dataset.id}/events`);
  let asked = false;
  const refresh = async () => {
    if (asked) return;
    asked = true;
    const answer = await fetch(location.href, { headers: { "x-part": "rows" } });
    asked = false;
    if (!answer.ok) return;
    batch.innerHTML = await answer.text();
    const table = batch.querySelector("table");
    if (table.dataset.finished === "yes" && batch.dataset.done === "no") {
      batch.dataset.done = "yes";
      source.close();
      const counts = JSON.parse(table.dataset.counts);
      const needs = (counts.in_review || 0) + (counts.rejected || 0) + (counts.failed || 0);
      toast(batch.dataset.toast.replace("{registered}", counts.registered || 0).replace("{duplicate}", counts.duplicate || 0).replace("{needs}", needs));
    }
  };
  source.addEventListener("change", refresh);
  source.addEventListener("done", () => { source.close(); refresh(); });
  // Proxies may hold events back; a look now and then keeps the page true all the same.
  const clock = setInterval(() => { if (batch.dataset.done === "yes") clearInterval(clock); else refresh(); }, 4000);
}

