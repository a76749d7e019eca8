// What a submission does, live: events where they come through, a look every few seconds where they do not.

const LOOK = 3000, SILENCE = 8000;

/** Call `look()` whenever something of a submission may have changed, from `start()` to `stop()`. */
export function follow(submission, look) {
  let source = null, heard = 0, running = false;

  function start() {
    stop();
    running = true;
    source = new EventSource(`/api/v1/submissions/${submission}/events`);
    source.addEventListener("beat", () => { heard = Date.now(); });
    source.addEventListener("change", () => { heard = Date.now(); look(); });
    // "done" only speaks for the files that have arrived; more may be on their way.
    source.addEventListener("done", () => { source?.close(); source = null; heard = 0; look(); });
  }
  function stop() {
    source?.close();
    source = null;
    running = false;
  }
  setInterval(() => { if (running && !document.hidden && Date.now() - heard > SILENCE) look(); }, LOOK);
  addEventListener("visibilitychange", () => { if (running && !document.hidden) look(); });
  return { start, stop };
}

/** What was put into each box last, and how often it was asked for. */
const shown = new WeakMap();
let asked = 0;

/**
 * Put the part of this page that the service gives now into `box`, and keep the focus where it was.
 *
 * Nothing moves under somebody who types in an open <details>: the page is renewed once they leave it. One that stays
 * open (and has a `data-keep`, its name) keeps its words.
 */
export async function refresh(box) {
  const turn = ++asked;
  try {
    const answer = await fetch(location.href, { headers: { "x-part": "rows" } });
    if (!answer.ok) return;
    const html = await answer.text();
    const last = shown.get(box);
    if (last && (last.turn > turn || last.html === html)) return;
    if (document.activeElement?.closest("details[open]") && box.contains(document.activeElement)) {
      box.addEventListener("focusout", () => setTimeout(() => refresh(box)), { once: true });
      return;
    }
    shown.set(box, { turn, html });
    put(box, html);
  } catch { /* the network is away; the next look tells */ }
}

function put(box, html) {
  const focused = box.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const open of box.querySelectorAll("details[open][data-keep]")) {
    fresh.content.querySelector(`[data-keep="${CSS.escape(open.dataset.keep)}"]`)?.replaceWith(open);
  }
  box.replaceChildren(fresh.content);
  if (focused) box.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}
