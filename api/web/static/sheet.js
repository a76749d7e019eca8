// The page picture of the review: zooms to a place, moves under the hand, and lets a box be drawn.

const MARGIN = 0.3; // on either side of a field, in its widths
const STEPS = 9;

/** One page as an SVG whose view box is the part that is shown. */
export class Sheet {
  constructor(svg, { chosen, drawn }) {
    this.svg = svg;
    this.page = Number(svg.dataset.page);
    this.whole = [0, 0, Number(svg.dataset.width), Number(svg.dataset.height)];
    this.view = this.whole;
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.#press(event, drawn));
    for (const box of svg.querySelectorAll("rect[data-name]")) {
      box.addEventListener("click", () => chosen(box.dataset.name));
    }
  }

  /** Outline a field's box and bring it near. */
  show(name, box) {
    for (const one of this.svg.querySelectorAll("rect[data-name]")) one.classList.toggle("shown", one.dataset.name === name);
    if (box) this.zoomTo(box);
  }

  zoomTo([x0, y0, x1, y1]) {
    const [, , width, height] = this.whole;
    const wide = Math.max((x1 - x0) * (1 + 2 * MARGIN), (y1 - y0) * 12, width / 3);
    const high = (wide * height) / width;
    const left = Math.min(Math.max((x0 + x1) / 2 - wide / 2, 0), Math.max(0, width - wide));
    const top = Math.min(Math.max((y0 + y1) / 2 - high / 2, 0), Math.max(0, height - high));
    this.#glide([left, top, Math.min(wide, width), Math.min(high, height)]);
  }

  zoomOut() {
    this.#glide(this.whole);
  }

  zoomBy(factor) {
    const [x, y, width, height] = this.view;
    this.#set([x + (width * (1 - factor)) / 2, y + (height * (1 - factor)) / 2, width * factor, height * factor]);
  }

  #set(view) {
    const [, , width, height] = this.whole;
    const wide = Math.min(view[2], width), high = Math.min(view[3], height);
    this.view = [Math.min(Math.max(view[0], 0), width - wide), Math.min(Math.max(view[1], 0), height - high), wide, high];
    this.svg.setAttribute("viewBox", this.view.join(" "));
  }

  #glide(target) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.#set(target);
    const from = this.view;
    let step = 0;
    const move = () => {
      step += 1;
      const share = 1 - (1 - step / STEPS) ** 2;
      this.#set(from.map((value, index) => value + (target[index] - value) * share));
      if (step < STEPS) requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  }

  #point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [at.x, at.y];
  }

  #wheel(event) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || !event.shiftKey) this.zoomBy(event.deltaY > 0 ? 1.12 : 0.89);
  }

  /** Drawing with the main button makes a box; with Shift, the middle button or a second finger the page moves. */
  #press(event, drawn) {
    if (event.target.closest("rect[data-name]") && event.button === 0 && !event.shiftKey) return;
    event.preventDefault();
    const start = this.#point(event), view = this.view;
    const moving = event.shiftKey || event.button === 1 || event.pointerType === "touch";
    const box = moving ? null : document.createElementNS("http://www.w3.org/2000/svg", "rect");
    if (box) {
      box.setAttribute("class", "drawn");
      this.svg.append(box);
    }
    const move = (then) => {
      const [x, y] = this.#point(then);
      if (!box) return this.#set([view[0] + start[0] - x, view[1] + start[1] - y, view[2], view[3]]);
      const sides = { x: Math.min(start[0], x), y: Math.min(start[1], y), width: Math.abs(x - start[0]), height: Math.abs(y - start[1]) };
      for (const [name, value] of Object.entries(sides)) box.setAttribute(name, String(value));
    };
    const end = (then) => {
      this.svg.removeEventListener("pointermove", move);
      if (!box) return;
      const [x, y] = this.#point(then);
      box.remove();
      if (Math.abs(x - start[0]) > 6 && Math.abs(y - start[1]) > 6) {
        drawn(this.page, [Math.min(start[0], x), Math.min(start[1], y), Math.max(start[0], x), Math.max(start[1], y)]);
      }
    };
    this.svg.setPointerCapture(event.pointerId);
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", end, { once: true });
  }
}
