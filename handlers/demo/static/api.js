/**
 * What the page asks the demo's server, as `PAGE_API.md` has it.
 */

/** A refusal, with a sentence for the person. */
export class ApiError extends Error {}

const NO_SERVER = "The demo's server does not answer. Is it still running?";

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "omit", cache: "no-store", ...options });
  } catch {
    throw new ApiError(NO_SERVER);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiError(
      answer?.error ??
        (response.status === 502
          ? "Referral Bot isn't responding"
          : `The server answered ${response.status}`),
    );
  }
  return answer;
}

const get = (path, query) => call(`${path}?${new URLSearchParams(query)}`);
const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const api = {
  /** Everything about a person's workspace; without `as`, the people who can be played. */
  state: (as) => get("/page/state", as ? { as } : {}),
  /** A channel's messages, or a thread's. */
  messages: (as, channel, thread) => get("/page/messages", { as, channel, ...(thread ? { thread } : {}) }),
  say: (body) => post("/page/say", body),
  press: (body) => post("/page/press", body),
  submit: (body) => post("/page/view/submit", body),
  close: (body) => post("/page/view/close", body),
  suggest: (body) => post("/page/suggest", body),
  command: (body) => post("/page/command", body),
  shortcut: (body) => post("/page/shortcut", body),
  home: (as) => post("/page/home", { as }),
  clock: (change) => post("/page/clock", change),
  read: (as, channel) => post("/page/read", { as, channel }),
  /** The address of a file, as that person may read it. */
  fileUrl: (as, id) => `/page/file/${encodeURIComponent(id)}?${new URLSearchParams({ as })}`,
};

/**
 * Listen to what is pushed to a person; connects again by itself when the connection breaks.
 *
 * @param {string} as
 * @param {{onFrame: (frame: Object) => void, onStatus: (connected: boolean) => void}} listener `onStatus(true)` comes
 *   at each connection: what was missed meanwhile must be read again
 * @returns {() => void} stops listening
 */
export function listen(as, { onFrame, onStatus }) {
  let socket = null;
  let wait = 500;
  let timer = 0;
  let stopped = false;
  const connect = () => {
    const address = new URL(`/page/ws?${new URLSearchParams({ as })}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(address);
    socket.addEventListener("open", () => {
      wait = 500;
      onStatus(true);
    });
    socket.addEventListener("message", (event) => onFrame(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (stopped) return;
      onStatus(false);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, 8000);
    });
  };
  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
