// What every page does beyond its links and forms: toasts, and the whole window as a place to drop files.
// Every page also works without it.

document.documentElement.classList.add("scripted");

export const english = document.documentElement.lang === "en";

/** Say something for a while at the bottom of the window. */
export function toast(text, seconds = 8) {
  const box = document.createElement("div");
  box.className = "toast";
  const said = document.createElement("span");
  said.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", english ? "Close" : "关闭");
  close.addEventListener("click", () => box.remove());
  box.append(said, close);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}
