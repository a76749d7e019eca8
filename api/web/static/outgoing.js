// The list of files on their way, with a bar for each: in the panel of every page, and on the page of their batch.
import { element, icon, say } from "./frame.js";
import { all } from "./outbox.js";
import { again, follow, remove } from "./sender.js";

const english = document.documentElement.lang === "en";

/** Show the items that `mine` picks in a list, and call `changed(items)` whenever there are fewer or more. */
export function showOutgoing(list, mine, changed = () => {}) {
  const rows = new Map();
  let reading = null;

  async function refresh() {
    const items = (await all()).filter(mine);
    const keys = new Set(items.map((item) => item.key));
    for (const [key, row] of rows) if (!keys.has(key)) { row.box.remove(); rows.delete(key); }
    for (const item of items) {
      if (!rows.has(item.key)) rows.set(item.key, addRow(list, item));
      rows.get(item.key).settle(item);
    }
    changed(items);
  }
  const soon = () => { reading ??= refresh().finally(() => { reading = null; }); };

  follow((news) => {
    const row = rows.get(news.key);
    if (news.state === "sending" || news.state === "waiting" || news.state === "signin") row?.move(news);
    else if (reading) reading.then(soon);
    else soon();
  });
  addEventListener("offline", soon);
  addEventListener("online", soon);
  return refresh();
}

function addRow(list, item) {
  const name = element("span", { className: "name", text: item.name });
  const said = element("span", { className: "quiet" });
  const bar = element("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-label", item.name);
  const retry = element("button", { className: "button small", type: "button", hidden: true }, icon("retry"), say("send_again"));
  const away = element("button", { className: "button small plain", type: "button", hidden: true }, say("remove"));
  let latest = item;
  retry.addEventListener("click", () => again(latest));
  away.addEventListener("click", () => remove(latest));
  const box = element("li", {}, element("div", { className: "row middle" }, name, said, retry, away), bar);
  list.append(box);

  let step = "";

  function look(text, { bad = false } = {}) {
    said.textContent = text;
    box.classList.toggle("bad", bad);
    retry.hidden = away.hidden = !bad;
    bar.hidden = bad;
  }
  function standing() {
    if (step === "signin") return say("sign_in_first");
    return navigator.onLine && step !== "waiting" ? say("in_line") : say("waits_for_network");
  }
  return {
    box,
    settle(now) {
      latest = now;
      if (now.refused) look(english ? now.refused.en : now.refused.zh, { bad: true });
      else if (step !== "sending") look(standing());
    },
    move(news) {
      step = news.state;
      bar.value = news.share;
      look(step === "sending" ? `${Math.round(news.share * 100)}%` : standing());
    },
  };
}
