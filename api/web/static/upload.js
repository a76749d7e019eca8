// Sending files by dropping, pasting or choosing them, on every page.
import { toast } from "./frame.js";

const upload = document.getElementById("upload");
const veil = document.getElementById("veil");

function send(files) {
  if (!files.length) return;
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  const named = upload && upload.elements.sender.value;
  if (named) localStorage.setItem("sender", named);
  form.append("sender", named || localStorage.getItem("sender") || "");
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
  request.open("POST", "/upload");
  request.send(form);
}

if (upload) {
  upload.elements.sender.value = localStorage.getItem("sender") || "";
  for (const input of upload.querySelectorAll("input[type=file]")) input.addEventListener("change", () => send(input.files));
}
let depth = 0;
addEventListener("dragenter", (event) => { if (event.dataTransfer && event.dataTransfer.types.includes("Files")) { depth += 1; veil.hidden = false; } });
addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) veil.hidden = true; });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); depth = 0; veil.hidden = true; if (event.dataTransfer) send(event.dataTransfer.files); });
addEventListener("paste", (event) => { if (event.clipboardData && event.clipboardData.files.length) send(event.clipboardData.files); });

