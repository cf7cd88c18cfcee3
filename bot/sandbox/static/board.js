// The board: takes each snapshot of the sandbox and shows it; everything else is in the modules below.

import { avatar, make } from "./dom.js";
import { Chats } from "./chats.js";
import { Feed } from "./feed.js";
import { Plan } from "./plan.js";
import { chooseLanguage, say, switchLanguage } from "./texts.js";
import { listen, send } from "./wire.js";

const TOAST_MS = 5000;
const main = document.querySelector("main");
const publish = document.getElementById("publish");
const toasts = document.querySelector(".toasts");
let world = null;

function toast(text, kind = "good") {
  const note = make("p", `toast ${kind}`, { role: kind === "bad" ? "alert" : "status" }, text);
  toasts.replaceChildren(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

/** A clicked hashtag becomes a subscription ready to be sent: the shortest way to see what the bot is for. */
function follow(hashtag) {
  showTab("chats");
  chats.compose(`/subscribe ${hashtag.replace(/^#/, "").replaceAll("_", " ")}`);
}

const publicActs = { follow, press: () => undefined };
const columns = {
  channel: new Feed(document.querySelector("#channel .feed"), "bubbles", publicActs),
  wall: new Feed(document.querySelector("#wall .feed"), "posts", publicActs),
};
const plan = new Plan(document.getElementById("plan"));
const chats = new Chats(document.getElementById("chats"), toast, follow);

function show(snapshot) {
  world = snapshot;
  const now = new Date(snapshot.now);
  publish.hidden = !snapshot.publish;
  for (const name of ["channel", "wall"]) showPublic(name, snapshot[name], now);
  columns.channel.explain("channel", say("emptyChannelTitle"), say(snapshot.publish ? "emptyChannel" : "emptyChannelWait"));
  columns.wall.explain("wall", say("emptyWallTitle"), say("emptyWall"));
  chats.update(snapshot.chats, now);
  plan.update(snapshot.plan);
  countUnread();
}

function showPublic(name, place, now) {
  const column = document.getElementById(name);
  column.querySelector("h2").textContent = place.title;
  column.querySelector(".address").textContent = place.address;
  avatar(column.querySelector(".head .avatar"), place.title);
  columns[name].name(place.title);
  columns[name].update(place.messages, { title: place.title, now });
}

function countUnread() {
  for (const feed of Object.values(columns)) feed.seen();
  const unread = { channel: columns.channel.unread, wall: columns.wall.unread, chats: chats.unread };
  for (const [name, count] of Object.entries(unread)) {
    const badge = document.querySelector(`.tabs [data-tab=${name}] .badge`);
    badge.hidden = count === 0;
    badge.textContent = String(count);
    badge.setAttribute("aria-label", say("unread", count));
  }
  const sum = unread.channel + unread.wall + unread.chats;
  document.title = sum ? `(${sum}) Depeche` : "Depeche";
}

function showTab(name) {
  main.dataset.tab = name;
  for (const tab of document.querySelectorAll(".tabs button")) {
    if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  chats.seen();
  countUnread();
}

function showLink(state) {
  document.body.dataset.link = state;
  const text = document.getElementById("link-text");
  if (text.textContent !== say(state)) text.textContent = say(state);
}

function flipTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("depeche-theme", root.dataset.theme);
  } catch {
    // It is then forgotten with the page.
  }
}

function nameLanguage() {
  document.getElementById("language").textContent = say("languageCode");
  showLink(document.body.dataset.link);
  if (world) show(world);
}

publish.addEventListener("click", async () => {
  publish.setAttribute("aria-busy", "true");
  const { ok, answer } = await send("/board/publish", {});
  publish.removeAttribute("aria-busy");
  toast(ok ? say("published") : answer.error, ok ? "good" : "bad");
});
document.getElementById("theme").addEventListener("click", flipTheme);
document.getElementById("language").addEventListener("click", () => {
  switchLanguage();
  nameLanguage();
});
for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => showTab(tab.dataset.tab));
}
for (const event of ["visibilitychange", "board:read"]) document.addEventListener(event, () => showTab(main.dataset.tab));
matchMedia("(min-width: 62rem)").addEventListener("change", () => showTab(main.dataset.tab));
document.addEventListener("keydown", (event) => {
  const busy = event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
  if (event.key !== "/" || busy || !world) return;
  event.preventDefault();
  showTab("chats");
  chats.compose("/");
});

chooseLanguage();
nameLanguage();
showTab("channel");
listen(show, showLink);
