// The line to the sandbox: snapshots come in, words and presses go out.

import { currentLanguage, say } from "./texts.js";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8000;

/** Calls `onSnapshot` with every state of the world and `onLink` with "live" or "lost"; comes back by itself. */
export function listen(onSnapshot, onLink) {
  let delay = FIRST_RETRY_MS;
  const open = () => {
    const events = new EventSource("/board/events");
    events.onmessage = (event) => {
      delay = FIRST_RETRY_MS;
      onLink("live");
      onSnapshot(JSON.parse(event.data));
    };
    events.onerror = () => {
      // The browser's own retry gives up on some answers; one way back for every failure is simpler to trust.
      events.close();
      onLink("lost");
      setTimeout(open, delay);
      delay = Math.min(delay * 2, LAST_RETRY_MS);
    };
  };
  open();
}

/** Ask for something. Returns the server's JSON, or null when it has none now. */
export async function ask(path) {
  try {
    const response = await fetch(path, { headers: { "Accept-Language": currentLanguage() } });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Send one wish. Returns {ok, answer}: the server's JSON, or a sentence in `answer.error`. */
export async function send(path, wish) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": currentLanguage() },
      body: JSON.stringify(wish),
    });
    return { ok: response.ok, answer: await response.json() };
  } catch {
    return { ok: false, answer: { error: say("offline") } };
  }
}
