// The review of one invoice by keyboard: fields left, page right, the next one opens by itself.

import { say, toast } from "./frame.js";
import { Sheet } from "./sheet.js";

const desk = document.getElementById("review");
const form = document.getElementById("decision");
const rows = [...form.querySelectorAll(".review-row")];
const sheets = [...document.querySelectorAll(".review-sheet")].map((svg) => new Sheet(svg, { chosen: choose, drawn: readAgain }));
const reasons = document.getElementById("reasons"), keys = document.getElementById("keys");
const single = document.getElementById("single-keys");
const csrf = form.elements.csrf.value;
let current = null;

// ---------------------------------------------------------------- choosing a field
function inputOf(row) {
  return row.querySelector("input, select");
}

function choose(name) {
  const row = rows.find((one) => one.dataset.name === name);
  if (row) inputOf(row).focus();
}

function show(row) {
  current?.classList.remove("current");
  current = row;
  row.classList.add("current");
  const box = row.dataset.box?.split(",").map(Number), page = Number(row.dataset.page);
  if (box) showPage(page);
  for (const sheet of sheets) sheet.show(row.dataset.name, sheet.page === page ? box : null);
}

function showPage(page) {
  for (const sheet of sheets) sheet.svg.toggleAttribute("hidden", sheet.page !== page);
}

function goOn() {
  const from = rows.indexOf(current);
  const next = [...rows.slice(from + 1), ...rows.slice(0, from + 1)].find((row) => "needs" in row.dataset && row !== current && rows.indexOf(row) > from);
  if (next) inputOf(next).focus();
  else document.getElementById("accept").focus();
}

// ---------------------------------------------------------------- editing: a field is a command line until it is edited
function edit(input, typed = null) {
  if (input.tagName !== "INPUT" || !input.readOnly) return;
  input.readOnly = false;
  input.dataset.before = input.value;
  if (typed !== null) {
    input.value = typed;
    input.dispatchEvent(new Event("input"));
  } else input.setSelectionRange(input.value.length, input.value.length);
}

function settle(input) {
  if (input.tagName === "INPUT") input.readOnly = singleKeys();
}

function fill(row, value) {
  const input = inputOf(row);
  input.value = value;
  row.classList.add("changed");
  input.dispatchEvent(new Event("input"));
  input.focus();
}

for (const row of rows) {
  const input = inputOf(row);
  settle(input);
  input.addEventListener("focus", () => show(row));
  input.addEventListener("blur", () => settle(input));
  input.addEventListener("dblclick", () => edit(input));
  input.addEventListener("input", () => {
    row.classList.toggle("changed", input.value !== input.defaultValue);
    addUp();
  });
  for (const other of row.querySelectorAll("[data-take]")) other.addEventListener("click", () => fill(row, other.dataset.take));
}

// ---------------------------------------------------------------- the sum and the words
const cents = (name) => {
  const input = document.getElementById(`f-${name}`);
  const text = input?.value.normalize("NFKC").replace(/[,\s¥元]/g, "");
  return text && /^-?\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null;
};

function addUp() {
  const sum = document.getElementById("sum");
  const [amount, tax, total] = [cents("amount_excl_tax"), cents("tax"), cents("total")];
  if (sum && "taxed" in desk.dataset && amount !== null && tax !== null && total !== null) {
    const difference = amount + tax - total;
    sum.hidden = false;
    sum.className = `review-sum ${difference ? "bad" : "good"}`;
    sum.textContent = difference ? say("sum_fails", { difference: (difference / 100).toFixed(2) }) : `✓ ${say("sum_holds")}`;
  }
  compareWords(total);
}

let asked = null;
async function compareWords(total) {
  const place = document.getElementById("words"), printed = desk.dataset.words;
  if (!place || !printed || total === null || total === asked) return;
  asked = total;
  const answer = await fetch(`/api/v1/words?amount=${(total / 100).toFixed(2)}&printed=${encodeURIComponent(printed)}`);
  if (!answer.ok) return;
  const { agree } = await answer.json();
  place.hidden = false;
  place.className = `review-sum ${agree ? "good" : "bad"}`;
  place.textContent = agree ? `✓ ${say("words_agree")}` : say("words_differ", { words: printed });
}

// ---------------------------------------------------------------- a box that was drawn is read anew
async function readAgain(page, box) {
  const row = current, hint = document.getElementById("draw-hint");
  if (!row) return;
  hint.textContent = say("draw_reading");
  const answer = await fetch(`/api/v1/documents/${desk.dataset.document}/pages/${page}/text`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": csrf },
    body: JSON.stringify({ box, field: row.dataset.name }),
  }).catch(() => null);
  hint.textContent = say("draw_hint");
  if (!answer?.ok) return toast(say("draw_away"));
  const { value } = await answer.json();
  if (!value) return toast(say("draw_nothing"));
  fill(row, value);
}

// ---------------------------------------------------------------- deciding
let sent = false;
const holding = new AbortController();
function send(action, values = {}) {
  if (sent) return;
  for (const [name, value] of Object.entries({ action, ...values })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.requestSubmit();
}

function refuse(code) {
  send("refuse", { reason: code, words: document.getElementById("reason-words").value });
}

function takeBack() {
  document.querySelector("#undo-form button")?.click();
}

document.getElementById("open-reasons").addEventListener("click", () => reasons.showModal());
document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
for (const close of document.querySelectorAll("[data-close]")) close.addEventListener("click", () => close.closest("dialog").close());
for (const button of reasons.querySelectorAll("[data-reason]")) button.addEventListener("click", () => refuse(button.dataset.reason));
form.addEventListener("submit", (event) => {
  if (sent) return event.preventDefault();
  sent = true;
  holding.abort(); // a hold that comes after the decision would be refused
});
// Back from the next invoice, the browser may show this page as it was left: decided, and without its hold.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// ---------------------------------------------------------------- keys
function singleKeys() {
  return single.checked;
}

single.checked = localStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => {
  localStorage.setItem("single-keys", single.checked ? "on" : "off");
  for (const row of rows) settle(inputOf(row));
});

const COMMANDS = {
  a: () => document.getElementById("accept").click(),
  r: () => reasons.showModal(),
  d: () => send("duplicate"),
  z: takeBack,
  v: () => sheets.forEach((sheet) => (sheet.view === sheet.whole && current?.dataset.box ? show(current) : sheet.zoomOut())),
  e: () => current && edit(inputOf(current)),
  "?": () => keys.showModal(),
};

reasons.addEventListener("keydown", (event) => {
  if (event.target.id === "reason-words") return;
  const button = reasons.querySelectorAll("[data-reason]")[Number(event.key) - 1];
  if (button) refuse(button.dataset.reason);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const input = event.target.closest(".review-row input, .review-row select");
  const editing = event.target.matches("input:not([readonly]):not([type=checkbox]), textarea");
  if (event.key === "Enter" && input) {
    event.preventDefault();
    settle(input);
    return goOn();
  }
  if (event.key === "Escape" && editing && input) {
    input.value = input.dataset.before ?? input.defaultValue;
    input.dispatchEvent(new Event("input"));
    return settle(input);
  }
  if (editing || !singleKeys()) return;
  if (event.key === "F2" && input) return edit(input);
  if (input?.tagName === "INPUT" && /^[\d.\-]$/.test(event.key)) {
    event.preventDefault();
    return edit(input, event.key);
  }
  const command = COMMANDS[event.key.toLowerCase()];
  if (command && !(event.target.tagName === "SELECT" && event.key !== "?")) {
    event.preventDefault();
    command();
  }
});

// ---------------------------------------------------------------- the page
document.getElementById("zoom-in")?.addEventListener("click", () => sheets.forEach((sheet) => sheet.zoomBy(0.75)));
document.getElementById("zoom-out")?.addEventListener("click", () => sheets.forEach((sheet) => sheet.zoomBy(1.33)));
document.getElementById("zoom-all")?.addEventListener("click", () => sheets.forEach((sheet) => sheet.zoomOut()));
for (const button of document.querySelectorAll("[data-show-page]")) button.addEventListener("click", () => showPage(Number(button.dataset.showPage)));
if (sheets.length) showPage(sheets[0].page);
addUp();
// Whoever was faster than this script keeps their field.
const begun = document.activeElement.closest?.(".review-row");
const first = begun ?? rows.find((row) => "needs" in row.dataset) ?? rows[0];
if (begun) show(begun);
else if (first) inputOf(first).focus();

// ---------------------------------------------------------------- nobody else decides meanwhile
const address = `/api/v1/invoices/${desk.dataset.invoice}/hold`;
if (!document.getElementById("held")) fetch(address, { method: "POST", headers: { "x-csrf-token": csrf }, signal: holding.signal }).catch(() => null);
addEventListener("pagehide", () => { if (!sent) fetch(address, { method: "DELETE", headers: { "x-csrf-token": csrf }, keepalive: true }).catch(() => null); });
