// Whether a photo can be read, told before it is sent. The measures and their limits are those of the service
// (intake/preprocess/quality.py), which has the last word; tests hold the two together.

const SIDE = 1600;
const SHARP = 0.4, CONTRAST = 25, SHORT_SIDE = 800;
const BURNT = 252, PAPER = 225, GLARE = 0.012, SPOT = 9;

/** Measure a decoded picture: {sharpness, contrast, glare, shortSide}. */
export function measure(picture, width, height) {
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
  const grey = greyOf(picture, w, h);
  const [dark, light] = percentiles(grey, w, h, [2, 95]);
  const contrast = light - dark;
  return { sharpness: sharpness(grey, w, h, contrast), contrast, glare: glare(grey, w, h), shortSide: Math.min(width, height) };
}

/** What is wrong with a picture, the gravest first: small, dark, blur, glare. */
export function doubts({ sharpness, contrast, glare, shortSide }) {
  const found = [];
  if (shortSide < SHORT_SIDE) found.push("small");
  if (contrast < CONTRAST) found.push("dark");
  else if (sharpness < SHARP) found.push("blur");
  if (glare > GLARE) found.push("glare");
  return found;
}

function greyOf(picture, w, h) {
  const canvas = document.createElement("canvas");
  canvas.width = w;
  canvas.height = h;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, w, h);
  const { data } = context.getImageData(0, 0, w, h);
  const grey = new Uint8Array(w * h);
  for (let i = 0, j = 0; i < grey.length; i += 1, j += 4) grey[i] = (data[j] * 299 + data[j + 1] * 587 + data[j + 2] * 114 + 500) / 1000;
  return grey;
}

/** Greys below which the shares (in per cent) of a sparse grid of pixels lie. */
function percentiles(grey, w, h, shares) {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let y = 0; y < h; y += 3) for (let x = 0; x < w; x += 3) { counts[grey[y * w + x]] += 1; total += 1; }
  return shares.map((share) => quantile(counts, total, share / 100));
}

function quantile(counts, total, share) {
  let seen = 0;
  for (let value = 0; value < counts.length; value += 1) {
    seen += counts[value];
    if (seen >= share * total) return value;
  }
  return counts.length - 1;
}

/** How steep the steepest edges are, as a share of the contrast in one pixel. */
function sharpness(grey, w, h, contrast) {
  const counts = new Uint32Array(1024); // quarters of a grey a pixel
  let total = 0;
  for (let y = 1; y < h - 1; y += 1) {
    for (let x = 1; x < w - 1; x += 1) {
      const i = y * w + x, a = grey[i - w - 1], b = grey[i - w], c = grey[i - w + 1], d = grey[i - 1], e = grey[i + 1];
      const f = grey[i + w - 1], g = grey[i + w], k = grey[i + w + 1];
      const step = Math.hypot(c + 2 * e + k - a - 2 * d - f, f + 2 * g + k - a - 2 * b - c) / 4;
      if (step > 8) { counts[Math.min(1023, Math.round(step * 4))] += 1; total += 1; }
    }
  }
  return total ? quantile(counts, total, 0.95) / 4 / Math.max(contrast, 1) : 0;
}

/** The share of burnt-out spots; a page that is white as a whole has none. */
function glare(grey, w, h) {
  const counts = new Uint32Array(256);
  for (const value of grey) counts[value] += 1;
  if (quantile(counts, grey.length, 0.5) > PAPER) return 0;
  let mask = Uint8Array.from(grey, (value) => (value >= BURNT ? 1 : 0));
  mask = swept(mask, w, h, SPOT, false); // what is left of spots when their rim is taken off,
  mask = swept(mask, w, h, SPOT, true); // and put on again: specks are gone, spots are whole
  let burnt = 0;
  for (const value of mask) burnt += value;
  return burnt / grey.length;
}

/** Grow (or shrink) the ones of a mask by a square of `size`, first along the rows, then along the columns. */
function swept(mask, w, h, size, grow) {
  const rows = new Uint8Array(w * h), both = new Uint8Array(w * h);
  for (let y = 0; y < h; y += 1) sweep(mask, rows, y * w, 1, w, size, grow);
  for (let x = 0; x < w; x += 1) sweep(rows, both, x, w, h, size, grow);
  return both;
}

function sweep(from, to, start, step, length, size, grow) {
  const half = size >> 1;
  let ones = 0, seen = 0;
  for (let i = -half; i < length; i += 1) {
    if (i + half < length) { ones += from[start + (i + half) * step]; seen += 1; }
    if (i - half - 1 >= 0) { ones -= from[start + (i - half - 1) * step]; seen -= 1; }
    if (i >= 0) to[start + i * step] = grow ? Number(ones > 0) : Number(ones === seen);
  }
}
