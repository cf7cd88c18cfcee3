// Every sentence the board says, in Russian and English.

const RU = {
  tagline: "Песочница: всё происходит на этом компьютере, настоящих каналов никто не трогает",
  publish: "Выпустить статью",
  publishShort: "Выпустить",
  published: "Статья вышла на сайте. Бот скоро её разошлёт",
  otherLanguage: "Switch to English",
  languageCode: "EN",
  otherTheme: "Сменить светлую и тёмную тему",
  waiting: "Подключаюсь…",
  live: "В эфире",
  lost: "Связь потеряна, подключаюсь снова…",
  channelKind: "Канал в Telegram",
  wallKind: "Стена ВКонтакте",
  chatsTitle: "Личные чаты с ботом",
  tabs: "Разделы доски",
  tabChannel: "Канал",
  tabWall: "Стена",
  tabChats: "Чаты",
  plan: "Выйдет за сутки",
  planEmpty: "Ничего не ждёт выхода",
  telegram: "Telegram",
  vk: "ВКонтакте",
  telegramMark: "TG",
  vkMark: "ВК",
  blocked: "бот заблокирован",
  commands: "Команды бота",
  composer: "Сообщение боту",
  composerHint: "Напишите боту…",
  composerHelp: "Enter отправляет, Shift+Enter начинает новую строку",
  send: "Отправить",
  emptyChannelTitle: "Канал ждёт первую статью",
  emptyChannel: "Нажмите «Выпустить статью»: через несколько секунд пост появится здесь.",
  emptyChannelWait: "Как только в ленте появится статья, пост выйдет здесь.",
  emptyWallTitle: "На стене пока пусто",
  emptyWall: "Та же статья выйдет и здесь, в оформлении ВКонтакте.",
  emptyChatTitle: "Познакомьтесь с ботом",
  emptyChat: (example) => `Напишите ${example} и ждите следующую статью: бот пришлёт её сюда.`,
  example: "/subscribe Наука",
  noChats: "Чатов пока нет",
  connecting: "Открываю песочницу…",
  typing: "Бот печатает",
  fromYou: "Вы",
  fromBot: "Бот",
  answers: "В ответ на это сообщение",
  edited: "изменено",
  source: "Источник",
  picture: "Иллюстрация к статье",
  more: "Показать полностью",
  follow: (tag) => `Подписаться на ${tag}`,
  fresh: (count) => `Новых: ${count}`,
  toNewest: "К последним",
  unread: (count) => `непрочитанных: ${count}`,
  at: "в",
  tooLong: (extra) => `лишних символов: ${extra}`,
  offline: "Песочница не отвечает. Проверьте, что программа запущена, и попробуйте ещё раз.",
};

const EN = {
  tagline: "Sandbox: everything happens on this computer, no real channel is touched",
  publish: "Release a story",
  publishShort: "Release",
  published: "The story is out on the site. The bot will deliver it soon",
  otherLanguage: "Переключить на русский",
  languageCode: "RU",
  otherTheme: "Switch between light and dark",
  waiting: "Connecting…",
  live: "Live",
  lost: "Connection lost, trying again…",
  channelKind: "Telegram channel",
  wallKind: "VK wall",
  chatsTitle: "Private chats with the bot",
  tabs: "Parts of the board",
  tabChannel: "Channel",
  tabWall: "Wall",
  tabChats: "Chats",
  plan: "In the next 24 hours",
  planEmpty: "Nothing waits to go out",
  telegram: "Telegram",
  vk: "VK",
  telegramMark: "TG",
  vkMark: "VK",
  blocked: "the bot is blocked",
  commands: "The bot's commands",
  composer: "Message to the bot",
  composerHint: "Write to the bot…",
  composerHelp: "Enter sends, Shift+Enter starts a new line",
  send: "Send",
  emptyChannelTitle: "Waiting for the first story",
  emptyChannel: "Press “Release a story”: the post appears here in a few seconds.",
  emptyChannelWait: "As soon as the feed has a story, its post appears here.",
  emptyWallTitle: "Nothing on the wall yet",
  emptyWall: "The same story comes out here too, the way VK shows it.",
  emptyChatTitle: "Meet the bot",
  emptyChat: (example) => `Write ${example} and wait for the next story: the bot sends it here.`,
  example: "/subscribe Наука",
  noChats: "No chats yet",
  connecting: "Opening the sandbox…",
  typing: "The bot is typing",
  fromYou: "You",
  fromBot: "Bot",
  answers: "In answer to this message",
  edited: "edited",
  source: "Source",
  picture: "Picture of the story",
  more: "Show more",
  follow: (tag) => `Subscribe to ${tag}`,
  fresh: (count) => `New: ${count}`,
  toNewest: "To the latest",
  unread: (count) => `unread: ${count}`,
  at: "at",
  tooLong: (extra) => `${extra} characters too many`,
  offline: "The sandbox does not answer. See that the program is running, and try again.",
};

const SENTENCES = { ru: RU, en: EN };
const STORED = "depeche-language";

let language = "ru";

/** The sentence of this name in the current language; some take a value. */
export function say(name, value) {
  const sentence = SENTENCES[language][name];
  return typeof sentence === "function" ? sentence(value) : sentence;
}

export function currentLanguage() {
  return language;
}

/** The remembered language, else the browser's if it is English, else Russian. */
export function chooseLanguage() {
  let stored = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    // Storage may be switched off.
  }
  const fallback = navigator.language.toLowerCase().startsWith("en") ? "en" : "ru";
  speak(stored in SENTENCES ? stored : fallback);
}

export function switchLanguage() {
  speak(language === "ru" ? "en" : "ru");
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // It is then forgotten with the page.
  }
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", say(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = say(node.dataset.label);
  }
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = say(node.dataset.hint);
}

/** 14:05 in the reader's own time zone. */
export function clock(moment) {
  return new Intl.DateTimeFormat(language, { hour: language === "ru" ? "2-digit" : "numeric", minute: "2-digit" }).format(moment);
}

/** Today, yesterday, or 10 June: the name of a day as seen from `now`. */
export function dayName(moment, now) {
  const days = Math.round((midnight(moment) - midnight(now)) / 86_400_000);
  if (days === 0 || days === -1) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  const year = moment.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year }).format(moment);
}

export function exactTime(moment) {
  return new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" }).format(moment);
}

function midnight(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}
