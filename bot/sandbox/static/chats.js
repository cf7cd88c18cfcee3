// The private chats: the switcher, one feed a chat, and the composer.

import { avatar, KeyedList, make } from "./dom.js";
import { Feed } from "./feed.js";
import { currentLanguage, say } from "./texts.js";
import { send } from "./wire.js";

const LIMIT = 4096;
const COUNT_FROM = 3600;
const PATIENCE_MS = 8000;
const SIZES_ITSELF = CSS.supports("field-sizing", "content");
// Commands that mean little alone: a click writes them into the composer instead of sending them.
const WANTS_MORE = new Set(["/subscribe", "/unsubscribe", "/search", "/why", "/edit", "/retract", "/skip", "/hold"]);

export class Chats {
  /** `column`: the section. `toast(text, kind)`. `follow(hashtag)`: a hashtag was clicked in a chat. */
  constructor(column, toast, follow) {
    this.column = column;
    this.toast = toast;
    this.follow = follow;
    this.rooms = new Map();
    this.current = null;
    this.chats = [];
    this.tablist = column.querySelector("[role=tablist]");
    this.tabs = new KeyedList(this.tablist, "div");
    this.chips = column.querySelector(".chips");
    this.form = column.querySelector("form");
    this.field = column.querySelector("textarea");
    this.count = column.querySelector(".count");
    this.button = column.querySelector(".send");
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(this.field.value);
    });
    this.tablist.addEventListener("keydown", (event) => this.#arrows(event));
    for (const strip of [this.chips, this.tablist]) strip.addEventListener("wheel", sideways, { passive: true });
  }

  get unread() {
    return [...this.rooms.values()].reduce((sum, room) => sum + room.feed.unread, 0);
  }

  update(chats, now) {
    this.chats = chats;
    this.now = now;
    for (const [id, room] of this.rooms) if (!chats.some((chat) => chat.id === id)) this.#close(id, room);
    for (const chat of chats) this.#show(chat, this.rooms.get(chat.id) ?? this.#open(chat));
    if (!this.rooms.has(this.current)) this.#select(chats[0]?.id ?? null);
    this.#drawTabs();
    this.#drawChips();
    this.#typed();
  }

  /** The reader looks at the chats now. */
  seen() {
    for (const room of this.rooms.values()) room.feed.seen();
    this.#drawTabs();
  }

  /** Put words into the composer, ready to be sent. */
  compose(text) {
    this.field.value = text;
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.#typed();
  }

  #open(chat) {
    const root = make("div", "feed room", { id: `room-${chat.id}`, role: "tabpanel", hidden: true });
    root.dataset.order = "newest-last";
    root.dataset.platform = chat.platform;
    root.setAttribute("aria-labelledby", `tab-${chat.id}`);
    this.column.querySelector(".rooms").append(root);
    const acts = { follow: this.follow, press: (...pressed) => this.#press(chat.id, ...pressed) };
    const room = { root, feed: new Feed(root, "bubbles", acts), draft: "", asked: 0, notice: chat.notice ?? null };
    this.rooms.set(chat.id, room);
    return room;
  }

  #close(id, room) {
    room.root.remove();
    this.rooms.delete(id);
  }

  #show(chat, room) {
    const typing = chat.messages.at(-1)?.from === "person" && Date.now() - room.asked < PATIENCE_MS;
    room.feed.name(`${chat.title}, ${say(chat.platform)}`);
    room.feed.explain("chats", say("emptyChatTitle"), ...this.#invitation());
    room.feed.update(chat.messages, { title: chat.title, now: this.now, typing });
    if (typing) {
      clearTimeout(room.timer);
      room.timer = setTimeout(() => this.update(this.chats, this.now), PATIENCE_MS);
    }
    const notice = chat.notice ?? null;
    if (notice && notice !== room.notice) this.toast(notice);
    room.notice = notice;
  }

  #invitation() {
    const example = make("button", "example", { type: "button" }, say("example"));
    example.addEventListener("click", () => this.#send(say("example")));
    const [before, after] = say("emptyChat", "\u0000").split("\u0000");
    return [before, example, after];
  }

  #select(id) {
    const left = this.rooms.get(this.current);
    if (left) left.draft = this.field.value;
    this.current = id;
    for (const [known, room] of this.rooms) room.root.hidden = known !== id;
    const room = this.rooms.get(id);
    this.field.disabled = !room;
    this.field.value = room?.draft ?? "";
    this.column.dataset.platform = this.#chat()?.platform ?? "telegram";
    this.chips.scrollLeft = 0;
    this.seen();
    this.#drawChips();
    this.#typed();
    document.dispatchEvent(new Event("board:read"));
  }

  #chat() {
    return this.chats.find((chat) => chat.id === this.current);
  }

  #drawTabs() {
    this.tabs.update(
      this.chats.map((chat) => {
        const unread = this.rooms.get(chat.id).feed.unread;
        const chosen = chat.id === this.current;
        return {
          key: chat.id,
          signature: JSON.stringify([currentLanguage(), chat.title, chat.platform, chat.blocked, unread, chosen]),
          fill: (node) => this.#fillTab(node, chat, unread, chosen),
        };
      }),
    );
  }

  #fillTab(node, chat, unread, chosen) {
    node.setAttribute("role", "presentation");
    const face = make("span", "avatar", { "aria-hidden": "true" });
    avatar(face, chat.title + (chat.platform === "vk" ? " " : ""));
    const network = make("span", "network", { "aria-hidden": "true" }, say(`${chat.platform}Mark`));
    const name = make("span", "name", { dir: "auto" }, chat.title);
    const badge = unread ? make("span", "badge", {}, String(unread)) : null;
    const state = [chat.title, say(chat.platform), chat.blocked && say("blocked"), unread && say("unread", unread)];
    const label = state.filter(Boolean).join(", ");
    const properties = { type: "button", id: `tab-${chat.id}`, role: "tab", tabIndex: chosen ? 0 : -1, title: label };
    const tab = make("button", "chat", properties, make("span", "portrait", {}, face, network, badge), name);
    tab.setAttribute("aria-label", label);
    tab.classList.toggle("blocked", Boolean(chat.blocked));
    tab.setAttribute("aria-selected", String(chosen));
    tab.setAttribute("aria-controls", `room-${chat.id}`);
    tab.dataset.platform = chat.platform;
    tab.addEventListener("click", () => this.#select(chat.id));
    node.append(tab);
  }

  #arrows(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = this.chats.findIndex((chat) => chat.id === this.current);
    this.#select(this.chats.at((index + step) % this.chats.length).id);
    document.getElementById(`tab-${this.current}`).focus();
  }

  #drawChips() {
    const typed = this.field.value;
    const all = this.#chat()?.commands ?? [];
    const fitting = typed.startsWith("/") && !typed.includes(" ") ? all.filter((name) => name.startsWith(typed)) : all;
    const shown = fitting.length > 0 ? fitting : all;
    const signature = shown.join("\n");
    if (this.chips.dataset.shown === signature) return;
    this.chips.dataset.shown = signature;
    this.chips.replaceChildren(...shown.map((command) => this.#chip(command)));
  }

  #chip(command) {
    const chip = make("button", "chip", { type: "button" }, command);
    chip.addEventListener("click", () => {
      if (WANTS_MORE.has(command)) this.compose(`${command} `);
      else this.#send(command);
    });
    return chip;
  }

  #typed() {
    const { value } = this.field;
    const extra = value.length - LIMIT;
    this.button.disabled = value.trim() === "" || extra > 0;
    this.count.hidden = value.length < COUNT_FROM;
    this.count.textContent = extra > 0 ? say("tooLong", extra) : `${value.length} / ${LIMIT}`;
    this.count.classList.toggle("over", extra > 0);
    this.field.title = say("composerHelp");
    this.#drawChips();
    if (SIZES_ITSELF) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.button.disabled) this.form.requestSubmit();
  }

  async #send(text) {
    const chat = this.current;
    const room = this.rooms.get(chat);
    if (!room || text.trim() === "") return;
    const fromField = this.field.value === text;
    if (fromField) this.field.value = "";
    room.asked = Date.now();
    this.#typed();
    const { ok, answer } = await send("/board/say", { chat, text });
    if (ok) return;
    this.toast(answer.error, "bad");
    if (fromField && this.current === chat && this.field.value === "") this.compose(text);
  }

  async #press(chat, message, row, column, key) {
    this.rooms.get(chat).notice = null;
    key.setAttribute("aria-busy", "true");
    const { ok, answer } = await send("/board/press", { chat, message_id: message.id, row, column });
    key.removeAttribute("aria-busy");
    if (!ok) this.toast(answer.error, "bad");
  }
}

function sideways(event) {
  if (Math.abs(event.deltaY) > Math.abs(event.deltaX)) event.currentTarget.scrollLeft += event.deltaY;
}
