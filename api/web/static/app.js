// Makes the pages quicker to use; every page also works without it.
"use strict";
document.documentElement.classList.add("scripted");

const upload = document.getElementById("upload");
const veil = document.getElementById("veil");

function send(files) {
  if (!files.length) return;
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  const request = new XMLHttpRequest();
  const bar = document.getElementById("progress");
  request.upload.onprogress = (event) => {
    if (!bar) return;
    bar.hidden = false;
    bar.value = event.loaded / event.total;
  };
  request.onload = () => {
    if (request.status < 400) { location.href = request.responseURL; return; }
    let said = "";
    try {
      const problem = JSON.parse(request.responseText);
      said = document.documentElement.lang === "en" ? problem.detail : problem.detail_zh;
    } catch { said = String(request.status); }
    if (bar) bar.hidden = true;
    toast(said);
  };
  request.onerror = () => toast(document.documentElement.lang === "en" ? "No connection; nothing was sent." : "网络不通，文件没有发出，请重试。");
  request.open("POST", "/");
  request.setRequestHeader("x-csrf-token", document.querySelector("meta[name=csrf]")?.content ?? "");
  request.send(form);
}

function toast(text) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.hidden = false;
  setTimeout(() => { box.hidden = true; }, 8000);
}

if (upload) {
  for (const input of upload.querySelectorAll("input[type=file]")) input.addEventListener("change", () => send(input.files));
}
let depth = 0;
addEventListener("dragenter", (event) => { if (event.dataTransfer && event.dataTransfer.types.includes("Files")) { depth += 1; veil.hidden = false; } });
addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) veil.hidden = true; });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); depth = 0; veil.hidden = true; if (event.dataTransfer) send(event.dataTransfer.files); });
addEventListener("paste", (event) => { if (event.clipboardData && event.clipboardData.files.length) send(event.clipboardData.files); });

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

for (const row of document.querySelectorAll("tr[data-for]")) {
  const show = (on) => {
    for (const box of document.querySelectorAll("rect")) box.classList.toggle("shown", on && box.dataset.field === row.dataset.for);
  };
  row.addEventListener("mouseenter", () => show(true));
  row.addEventListener("focusin", () => show(true));
}
