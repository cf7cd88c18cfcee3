// What the bot will send out in the next day, by its own answer. Time alone changes it, so it is asked again and again.

import { KeyedList, make } from "./dom.js";
import { clock, currentLanguage, dayName } from "./texts.js";
import { ask } from "./wire.js";

const AGAIN_MS = 3000;

export class Plan {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("ol");
    this.empty = root.querySelector("p");
    this.keyed = new KeyedList(this.list);
    this.known = false;
    setInterval(() => this.#look(), AGAIN_MS);
  }

  /** `known`: whether there is a bot that can tell. */
  update(known) {
    this.known = known;
    if (known) this.#look();
    else this.root.hidden = true;
  }

  async #look() {
    if (!this.known || document.visibilityState !== "visible") return;
    const answer = await ask("/board/plan");
    if (answer === null || !this.known) return;
    this.keyed.update(answer.lines.map(entryOf));
    this.list.hidden = answer.lines.length === 0;
    this.empty.hidden = answer.lines.length > 0;
    this.root.hidden = false;
  }
}

function entryOf(line, index) {
  return {
    key: `${line.channel} ${line.time} ${index}`,
    signature: JSON.stringify([currentLanguage(), line]),
    fill: (node) => fillLine(node, line),
  };
}

function fillLine(node, line) {
  const at = new Date(line.time);
  const now = new Date();
  const when = at.toDateString() === now.toDateString() ? clock(at) : `${dayName(at, now)}, ${clock(at)}`;
  node.append(
    make("p", "", {}, make("time", "", { dateTime: line.time }, when), " ", make("span", "to", {}, line.channel)),
    make("bdi", "headline", {}, line.headline),
    make("p", "why", {}, line.why),
  );
}
