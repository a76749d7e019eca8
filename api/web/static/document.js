// The page of a document: live while it is being read; a field and its place on the page point at each other.
import { follow, refresh } from "./live.js";

const box = document.getElementById("document");
const { id, submission } = box.dataset;
const done = () => box.firstElementChild.dataset.final === "yes";

if (!done()) {
  const live = follow(submission, async () => {
    await refresh(box);
    if (done()) live.stop();
  });
  live.start();
}

function point(event) {
  const from = event.target.closest?.("[data-for]");
  for (const rect of box.querySelectorAll("rect[data-field]")) rect.classList.toggle("shown", rect.dataset.field === from?.dataset.for);
}
for (const kind of ["mouseover", "focusin"]) box.addEventListener(kind, point);

// A click on a reason brings its place into view; a click on the page brings the field that was read there.
box.addEventListener("click", (event) => {
  const mark = event.target.closest?.("[data-mark]");
  if (mark) box.querySelector(`[data-number="${mark.dataset.mark}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" });
  const rect = event.target.closest?.("rect[data-field]");
  if (rect) box.querySelector(`[data-for="${CSS.escape(rect.dataset.field)}"]`)?.focus();
});

box.addEventListener("click", (event) => { if (event.target.closest?.("#print")) print(); });
box.addEventListener("change", (event) => { if (event.target.matches("input[data-send]")) event.target.form.requestSubmit(); });
