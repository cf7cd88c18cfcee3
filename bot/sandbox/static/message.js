// One message as it looks on each platform: a bubble in Telegram and in chats, a post on the VK wall.

import { avatar, hostOf, icon, make, outward, webAddress } from "./dom.js";
import { clock, currentLanguage, dayName, exactTime, say } from "./texts.js";

const LONG_POST = 900;

/** `acts`: {press(message, row, column, button), follow(hashtag)}; called when the reader clicks. */
export function fillBubble(node, message, acts) {
  const mine = message.from === "person";
  node.className = `message ${mine ? "mine" : "theirs"}`;
  const body = make("article", "bubble", { "aria-label": say(mine ? "fromYou" : "fromBot") });
  body.append(...parts([answered(message), picture(message.photo, "photo")]));
  body.append(...parts([words(message, acts), card(message.card), source(message)]));
  body.append(stamp(message, false));
  body.classList.toggle("pictured", body.firstElementChild.classList.contains("photo"));
  node.append(make("div", "grow", {}, body, keyboard(message, acts)));
}

export function fillPost(node, message, acts, { title, now }) {
  node.className = "message post";
  const face = make("span", "avatar", { "aria-hidden": "true" });
  avatar(face, title);
  const head = make("header", "byline", {}, face, make("div", "names", {}, make("b", "", { dir: "auto" }, title), stamp(message, now)));
  const text = words(message, acts);
  const body = make("article", "paper", { "aria-label": title }, head);
  body.append(...parts([text, more(message, text), picture(message.photo, "photo"), card(message.card), source(message)]));
  body.append(...parts([keyboard(message, acts)]));
  node.append(make("div", "grow", {}, body));
}

export function fillDay(node, moment, now) {
  node.className = "day";
  const name = dayName(moment, now);
  node.append(make("div", "grow", {}, make("span", "", {}, name[0].toUpperCase() + name.slice(1))));
}

export function fillTyping(node) {
  node.className = "message theirs typing";
  const dots = [make("i"), make("i"), make("i")];
  node.append(make("div", "grow", {}, make("div", "bubble", { role: "img", "aria-label": say("typing") }, ...dots)));
}

function parts(nodes) {
  return nodes.filter((node) => node !== null);
}

/** What this message answers: its first line in a strip, as Telegram draws it. */
function answered(message) {
  if (!message.answers) return null;
  return make("p", "answers", { dir: "auto", title: say("answers") }, message.answers);
}

function words(message, acts) {
  if (message.runs.length === 0) return null;
  const text = make("div", "words", { dir: "auto" });
  let quote = null;
  for (const run of message.runs) {
    if (run.quote && quote === null) text.append((quote = make("blockquote", "", { dir: "auto" })));
    if (!run.quote) quote = null;
    (quote ?? text).append(styled(run, acts));
  }
  return text;
}

function styled(run, acts) {
  const address = webAddress(run.url);
  let node = document.createTextNode(run.text);
  if (run.hashtag) node = hashtag(run.text, acts);
  else if (address) node = outward(address, "", node);
  if (run.italic) node = make("em", "", {}, node);
  if (run.bold) node = make("strong", "", {}, node);
  return node;
}

function hashtag(text, acts) {
  const button = make("button", "hashtag", { type: "button", title: say("follow", text) }, text);
  button.addEventListener("click", () => acts.follow(text));
  return button;
}

function picture(url, className) {
  const address = webAddress(url, location.origin);
  if (!address) return null;
  const image = make("img", "", { alt: say("picture"), decoding: "async", referrerPolicy: "no-referrer" });
  const frame = make("figure", className, {}, image);
  image.addEventListener("error", () => frame.remove(), { once: true });
  image.addEventListener("load", () => frame.classList.add("loaded"), { once: true });
  image.src = address;
  return frame;
}

function card(preview) {
  const address = preview && webAddress(preview.url);
  if (!address) return null;
  const line = (className, text) => (text ? make("span", className, { dir: "auto" }, text) : null);
  const about = make(
    "span",
    "about",
    {},
    line("site", preview.site || hostOf(address)),
    line("title", preview.title),
    line("description", preview.description),
  );
  return outward(address, "card", picture(preview.image, "cover"), about);
}

function source(message) {
  const address = webAddress(message.source);
  if (!address) return null;
  return make("p", "source", {}, `${say("source")}: `, outward(address, "", hostOf(address), icon("out")));
}

/** The time; on the wall with the day as seen from `now`. */
function stamp(message, now) {
  const moment = new Date(message.at);
  const time = clock(moment);
  const shown = now ? `${dayName(moment, now)} ${say("at")} ${time}` : time;
  const text = message.edited ? `${say("edited")} ${shown}` : shown;
  return make("time", "stamp", { dateTime: message.at, title: exactTime(moment), lang: currentLanguage() }, text);
}

function more(message, text) {
  const length = message.runs.reduce((sum, run) => sum + run.text.length, 0);
  if (!text || length < LONG_POST) return null;
  text.classList.add("folded");
  const button = make("button", "more", { type: "button" }, say("more"));
  button.addEventListener("click", () => {
    text.classList.remove("folded");
    text.tabIndex = -1;
    text.focus({ preventScroll: true });
    button.remove();
  });
  return button;
}

function keyboard(message, acts) {
  if (message.buttons.length === 0) return null;
  const rows = message.buttons.map((buttons, row) =>
    make("div", "row", {}, ...buttons.map((button, column) => key(message, acts, button, row, column))),
  );
  return make("div", "keyboard", {}, ...rows);
}

function key(message, acts, button, row, column) {
  const label = make("span", "", { dir: "auto" }, button.label);
  const address = webAddress(button.url);
  if (address) return outward(address, "key", label, icon("out"));
  const node = make("button", "key", { type: "button", disabled: !button.press }, label);
  node.addEventListener("click", () => acts.press(message, row, column, node));
  return node;
}
