// A column of messages that scrolls: it stays at the newest one unless its reader has scrolled away.

import { icon, KeyedList, make } from "./dom.js";
import { fillBubble, fillDay, fillPost, fillTyping } from "./message.js";
import { currentLanguage, say } from "./texts.js";

const SHOWN = 200;
const AWAY_PX = 120;
const SAME_BREATH_MS = 300_000;

export class Feed {
  /** `style`: "bubbles" (newest last) or "posts" (newest first). `acts`: see message.js. */
  constructor(root, style, acts) {
    this.root = root;
    this.style = style;
    this.acts = acts;
    this.unread = 0;
    this.missed = 0;
    this.signature = null;
    this.list = make("ol", "messages", { role: "list" });
    this.scroller = make("div", "scroller", { tabIndex: 0, role: style === "bubbles" ? "log" : "region" }, this.list);
    this.empty = make("div", "empty");
    this.jump = make("button", "jump", { type: "button", hidden: true });
    root.append(this.scroller, this.empty, this.jump);
    this.keyed = new KeyedList(this.list);
    this.jump.addEventListener("click", () => this.toNewest());
    this.scroller.addEventListener("scroll", () => this.#watch(), { passive: true });
  }

  /** Whether the reader can see it now. */
  get visible() {
    return document.visibilityState === "visible" && this.root.getClientRects().length > 0;
  }

  /** Show these messages (oldest first). `context`: {title, now, typing}. */
  update(messages, context) {
    const recent = messages.slice(-SHOWN);
    const entries = this.style === "posts" ? this.#posts(recent, context) : this.#bubbles(recent, context);
    const first = !this.keyed.filled;
    const added = new Set(this.keyed.update(entries));
    const news = first ? 0 : recent.filter((message) => message.from === "bot" && added.has(message.id)).length;
    this.empty.hidden = recent.length > 0;
    this.unread = this.visible ? 0 : this.unread + news;
    if (this.#away()) this.missed += news;
    if (added.size > 0 && recent.at(-1)?.from === "person" && added.has(recent.at(-1).id)) this.toNewest();
    this.#watch();
  }

  name(label) {
    this.scroller.setAttribute("aria-label", label);
  }

  /** What a newcomer sees while there is nothing: a symbol, a title, a sentence, perhaps a button. */
  explain(symbol, title, ...sentence) {
    const signature = JSON.stringify([title, ...sentence.map((part) => part.textContent ?? part)]);
    if (signature === this.signature) return;
    this.signature = signature;
    this.empty.replaceChildren(icon(symbol), make("h3", "", {}, title), make("p", "", {}, ...sentence));
  }

  seen() {
    if (this.visible) this.unread = 0;
  }

  toNewest() {
    this.missed = 0;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: 0, behavior: calm ? "auto" : "smooth" });
  }

  /** Both layouts rest at 0: the wall's newest is on top, and a chat's scroller is laid out from its foot. */
  #away() {
    return Math.abs(this.scroller.scrollTop) > AWAY_PX;
  }

  #watch() {
    const away = this.#away();
    if (!away) this.missed = 0;
    this.jump.hidden = !away;
    const text = this.missed ? say("fresh", this.missed) : say("toNewest");
    if (away && this.jump.textContent !== text) {
      this.jump.replaceChildren(icon(this.style === "posts" ? "up" : "down"), text);
    }
  }

  #posts(messages, { title, now }) {
    const today = now.toDateString();
    return messages.toReversed().map((message) => ({
      key: message.id,
      signature: JSON.stringify([currentLanguage(), title, today, message]),
      fill: (node) => fillPost(node, message, this.acts, { title, now }),
    }));
  }

  #bubbles(messages, { now, typing }) {
    const entries = [];
    let before = null;
    for (const message of messages) {
      const at = new Date(message.at);
      if (before === null || at.toDateString() !== new Date(before.at).toDateString()) entries.push(dayEntry(at, now));
      const joined = before !== null && before.from === message.from && at - new Date(before.at) < SAME_BREATH_MS;
      entries.push(this.#bubble(message, joined));
      before = message;
    }
    if (typing) entries.push({ key: "typing", signature: currentLanguage(), fill: fillTyping });
    return entries;
  }

  #bubble(message, joined) {
    return {
      key: message.id,
      signature: JSON.stringify([currentLanguage(), joined, message]),
      fill: (node) => {
        fillBubble(node, message, this.acts);
        node.classList.toggle("joined", joined);
      },
    };
  }
}

function dayEntry(at, now) {
  return {
    key: `day ${at.toDateString()}`,
    signature: JSON.stringify([currentLanguage(), now.toDateString()]),
    fill: (node) => fillDay(node, at, now),
  };
}
