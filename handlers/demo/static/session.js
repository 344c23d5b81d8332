/**
 * One person's workspace as the page knows it: read from the server, kept up to date by what is pushed.
 */

import { api, listen } from "./api.js";

/** A conversation's name inside the page: a channel, or a thread in it. */
const conversationKey = (channel, thread) => (thread ? `${channel}/${thread}` : channel);

/** Messages of one channel or thread, oldest first, and those on their way. */
class Conversation {
  constructor(channel, thread) {
    this.channel = channel;
    this.thread = thread;
    this.messages = [];
    this.outgoing = [];
    this.loaded = false;
    this.missed = null;
  }

  same(one, other) {
    return one.ts === other.ts && Boolean(one.ephemeral) === Boolean(other.ephemeral);
  }

  has(message) {
    return this.messages.some((other) => this.same(other, message));
  }

  apply(frame) {
    // While the list is being read, what is pushed waits: the answer may be older than the frame.
    if (this.missed) this.missed.push(frame);
    const { message } = frame;
    if (frame.type === "delete") {
      const gone = { ts: frame.ts, ephemeral: frame.ephemeral };
      this.messages = this.messages.filter((other) => !this.same(other, gone));
      return;
    }
    const at = this.messages.findIndex((other) => this.same(other, message));
    if (at >= 0) this.messages[at] = message;
    else if (frame.type !== "update") {
      this.messages.push(message);
      this.messages.sort((one, other) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0));
    }
  }

  /** Whether a message stands in this conversation. */
  holds(channel, message) {
    if (channel !== this.channel) return false;
    const reply = message.thread_ts && message.thread_ts !== message.ts;
    if (!this.thread) return !reply || message.subtype === "thread_broadcast";
    return message.ts === this.thread || message.thread_ts === this.thread;
  }
}

/**
 * Events it sends: `state` (people, channels or connection changed), `messages` (detail: conversation key),
 * `view` (detail: view or null, action), `home`, `notify` (detail: frame, with its message where known), `clock` (detail: frame), `status`.
 */
export class Session extends EventTarget {
  /** @param {string} as the person's user id */
  constructor(as) {
    super();
    this.as = as;
    this.state = null;
    this.home = null;
    this.connected = true;
    this.dismissed = new Set();
    this.conversations = new Map();
    this.stopListening = null;
    /** The `message` frame that came last. */
    this.newest = null;
  }

  /** Read the workspace and begin to listen. */
  async start() {
    await this.readState();
    this.stopListening = listen(this.as, {
      onFrame: (frame) => this.onFrame(frame),
      onStatus: (connected) => this.onStatus(connected),
    });
  }

  stop() {
    this.stopListening?.();
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async readState() {
    this.state = await api.state(this.as);
    this.people = new Map(this.state.people.map((person) => [person.id, person]));
    this.tell("state");
  }

  /** The first connection finds everything fresh; a later one reads what was missed. */
  onStatus(connected) {
    const again = connected && !this.connected;
    this.connected = connected;
    this.tell("status");
    if (again) {
      void this.readState().catch(() => {});
      for (const conversation of this.conversations.values()) void this.read(conversation).catch(() => {});
    }
  }

  onFrame(frame) {
    const { type } = frame;
    if (type === "message" || type === "update" || type === "ephemeral" || type === "delete")
      this.onMessage(frame);
    else if (type === "unread") this.setUnread(frame.channel, frame.unread);
    else if (type === "channel") this.setChannel(frame.channel);
    else if (type === "view") this.tell("view", { view: frame.view ?? null, action: frame.action });
    else if (type === "home") {
      this.home = frame.view;
      this.tell("home");
    } else if (type === "notify") {
      // A notification follows its message, which says what to open.
      const { message } = this.newest ?? {};
      this.tell("notify", { ...frame, message: message?.channel === frame.channel ? message : null });
    } else if (type === "clock") this.tell("clock", frame);
  }

  onMessage(frame) {
    const { channel, message } = frame;
    if (frame.type === "message") this.newest = frame;
    for (const [key, conversation] of this.conversations) {
      const here =
        frame.type === "delete" ? conversation.channel === channel : conversation.holds(channel, message);
      if (!here) continue;
      conversation.apply(frame);
      if (frame.type === "message" && message.user === this.as) {
        const sent = conversation.outgoing.findIndex((out) => !out.error);
        if (sent >= 0) conversation.outgoing.splice(sent, 1);
      }
      this.tell("messages", key);
    }
  }

  setUnread(id, unread) {
    const channel = this.channel(id);
    if (!channel || channel.unread === unread) return;
    channel.unread = unread;
    this.tell("state");
  }

  setChannel(channel) {
    const { channels } = this.state;
    const at = channels.findIndex((other) => other.id === channel.id);
    if (at >= 0) channels[at] = channel;
    else channels.push(channel);
    this.tell("state");
  }

  channel(id) {
    return this.state.channels.find((channel) => channel.id === id) ?? null;
  }

  /** The sum of what is unread. */
  get unread() {
    return this.state ? this.state.channels.reduce((sum, channel) => sum + (channel.unread ?? 0), 0) : 0;
  }

  /**
   * A user's name. Everybody of the workspace is in `people`; any other id is one of the bot's own: it has another
   * user in each organization that installed it.
   */
  nameOf(id) {
    return this.people.get(id)?.name ?? this.state.bot.name;
  }

  /** Where a person belongs: their organization, or the practice whose guest they are. */
  affiliation(person) {
    const practice = this.state.people.find((other) => other.side === "practice")?.team;
    return person.side !== "practice" && person.team === practice ? `guest of ${practice}` : person.team;
  }

  /** A conversation, read from the server the first time it is asked for. */
  conversation(channel, thread = null) {
    const key = conversationKey(channel, thread);
    if (!this.conversations.has(key)) {
      const conversation = new Conversation(channel, thread);
      this.conversations.set(key, conversation);
      this.read(conversation).catch((error) => {
        conversation.problem = error.message;
        this.tell("messages", key);
      });
    }
    return this.conversations.get(key);
  }

  async read(conversation) {
    const { channel, thread } = conversation;
    const missed = [];
    conversation.missed = missed;
    try {
      const { messages } = await api.messages(this.as, channel, thread);
      conversation.messages = messages.filter((message) => !message.deleted);
      conversation.loaded = true;
      conversation.problem = null;
    } finally {
      if (conversation.missed === missed) conversation.missed = null;
      for (const frame of missed) conversation.apply(frame);
    }
    this.tell("messages", conversationKey(channel, thread));
  }

  /** Say that everything in a channel was seen. */
  markRead(id) {
    if (!this.channel(id)?.unread) return;
    this.setUnread(id, 0);
    void api.read(this.as, id).catch(() => {});
  }

  /** Send a message; it shows as on its way until the server has it, and as unsent if that fails (then: false). */
  async say(channel, thread, text, files = []) {
    const conversation = this.conversation(channel, thread);
    const out = { key: `out-${Math.random()}`, text, files, error: null };
    conversation.outgoing.push(out);
    return this.deliver(conversation, out);
  }

  /** Send what is outgoing, for the first time or again; whether it arrived. */
  async deliver(conversation, out) {
    const { channel, thread } = conversation;
    const key = conversationKey(channel, thread);
    out.error = null;
    this.tell("messages", key);
    const drop = () => {
      conversation.outgoing = conversation.outgoing.filter((other) => other !== out);
    };
    try {
      const files = out.files.map(({ name, base64 }) => ({ name, base64 }));
      const { message } = await api.say({
        as: this.as,
        channel,
        text: out.text,
        ...(thread ? { thread } : {}),
        files,
      });
      drop();
      // What was pushed meanwhile is newer than this answer: a reply may already be counted.
      if (message && !conversation.has(message)) conversation.apply({ type: "message", message });
    } catch (error) {
      // The list may already show it: then only what followed went wrong.
      if (!conversation.outgoing.includes(out)) conversation.outgoing.push(out);
      out.error = error.message;
    }
    this.tell("messages", key);
    return !out.error;
  }

  /** Give up on a message that could not be sent. */
  discard(conversation, out) {
    conversation.outgoing = conversation.outgoing.filter((other) => other !== out);
    this.tell("messages", conversationKey(conversation.channel, conversation.thread));
  }

  /** Hide an ephemeral message for as long as the page is open. */
  dismiss(conversation, ts) {
    this.dismissed.add(ts);
    this.tell("messages", conversationKey(conversation.channel, conversation.thread));
  }
}
