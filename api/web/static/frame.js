// What every page does beyond its links and forms. Every page also works without it.

document.documentElement.classList.add("scripted");

const texts = JSON.parse(document.getElementById("texts").textContent);

/** A text of the page's language with its {places} filled. */
export function say(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Make an element: its class, its text, its children. */
export function element(tag, { className = "", text = "", ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  if (className) made.className = className;
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

/** A symbol of icons.svg. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Say something at the bottom of the window for a while. */
export function toast(text, seconds = 8) {
  const close = element("button", { type: "button", ariaLabel: say("close") }, icon("close"));
  const box = element("div", { className: "toast" }, element("span", { text }), close);
  close.addEventListener("click", () => box.remove());
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}

// Without a safe address (TLS or this machine itself) there is none; some browsers only know the older kind.
navigator.serviceWorker?.register("/sw.js", { type: "module" }).catch(() => {});
