// Building and patching the page. Text only ever becomes text nodes: nothing here parses markup.

/** An element with a class, some properties and children; null children are left out. */
export function make(tag, className, properties = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.includes("-") || name === "role" || name === "lang") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the symbols at the top of board.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** The address if a browser may open it: http or https, absolute. Anything else (javascript:, data:) is null. */
export function webAddress(url, base = undefined) {
  if (typeof url !== "string") return null;
  try {
    const parsed = new URL(url, base);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : null;
  } catch {
    return null;
  }
}

export function hostOf(url) {
  return new URL(url).hostname.replace(/^www\./, "");
}

/** A link that opens beside the board and tells the other page nothing of it. */
export function outward(url, className, ...children) {
  const properties = { href: url, target: "_blank", rel: "noopener noreferrer nofollow" };
  return make("a", className, properties, ...children);
}

export function avatar(node, title) {
  const words = title.replace(/[^\p{L}\p{N}\s]/gu, " ").split(/\s+/).filter(Boolean);
  const initials = words.slice(0, 2).map((word) => [...word][0].toUpperCase());
  let hue = 7;
  for (const char of title) hue = (hue * 31 + char.codePointAt(0)) % 360;
  node.textContent = initials.join("") || "•";
  node.style.setProperty("--hue", String(hue));
}

/**
 * A list whose children are known by key. An update touches only what has changed, so nothing flickers, a reader's
 * selection and focus stay, and only what is new moves.
 */
export class KeyedList {
  constructor(parent, tag = "li") {
    this.parent = parent;
    this.tag = tag;
    this.nodes = new Map();
    this.filled = false;
  }

  /** `entries`: [{key, signature, fill(node)}] in order. Returns the keys that were not there before. */
  update(entries) {
    const wanted = new Set(entries.map((entry) => entry.key));
    for (const [key, known] of this.nodes) {
      if (wanted.has(key)) continue;
      known.node.remove();
      this.nodes.delete(key);
    }
    const added = [];
    let cursor = this.parent.firstElementChild;
    for (const entry of entries) {
      const known = this.nodes.get(entry.key) ?? this.#add(entry, added);
      if (known.signature !== entry.signature) this.#refill(known, entry);
      if (cursor === known.node) cursor = cursor.nextElementSibling;
      else this.parent.insertBefore(known.node, cursor);
    }
    this.filled = true;
    return added;
  }

  #add(entry, added) {
    const node = document.createElement(this.tag);
    const known = { node, signature: entry.signature };
    entry.fill(node);
    this.nodes.set(entry.key, known);
    added.push(entry.key);
    if (this.filled) {
      node.classList.add("arriving");
      node.addEventListener("animationend", () => node.classList.remove("arriving"), { once: true });
    }
    return known;
  }

  #refill(known, entry) {
    const focusable = () => [...known.node.querySelectorAll("a, button")];
    const focused = focusable().indexOf(document.activeElement);
    known.signature = entry.signature;
    known.node.replaceChildren();
    entry.fill(known.node);
    if (focused >= 0) focusable()[focused]?.focus({ preventScroll: true });
  }
}
