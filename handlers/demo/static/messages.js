/**
 * A list of messages: a channel's, or a thread's.
 */

import { avatar, botAvatar } from "./avatars.js";
import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { emojiChar } from "./emoji.js";
import { renderFile } from "./files.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { clockTime, dayKey, dayLabel, fullTime, relativeTime } from "./time.js";

/** Messages of one author this close together (ms) share one heading. */
const TOGETHER = 5 * 60_000;

/** How near (px) to the end the list must be to follow new messages. */
const NEAR_END = 80;

const replies = (count) => `${count} ${count === 1 ? "reply" : "replies"}`;

/**
 * @typedef {Object} ListHost what the list needs from its pane
 * @property {import("./session.js").Session} session
 * @property {(message: Object) => import("./blocks.js").BlockContext} blockContext
 * @property {(ts: string) => void} openThread
 * @property {(message: Object) => import("./menu.js").MenuItem[]} messageActions
 * @property {() => Date} now
 */

export class MessageList {
  /**
   * @param {ListHost} host
   * @param {{label: string, empty: () => Node|string}} how
   */
  constructor(host, { label, empty }) {
    this.host = host;
    this.empty = empty;
    this.conversation = null;
    this.nodes = new Map();
    this.log = h("div", { class: "log", role: "log", "aria-label": label, tabindex: "0" });
    this.newer = h("button", { type: "button", class: "newer", hidden: true, on: { click: () => this.toEnd(true) } },
      icon("down"), "New messages");
    this.node = h("div", { class: "log-frame" }, this.log, this.newer);
    this.log.addEventListener("scroll", () => {
      if (this.nearEnd()) this.newer.hidden = true;
    });
    this.log.addEventListener("keydown", (event) => this.onKey(event));
    // Pictures and composers change heights after the fact: stay at the end if we were there.
    this.log.addEventListener("load", () => { if (this.following) this.toEnd(); }, true);
    this.following = true;
    this.log.addEventListener("scroll", () => { this.following = this.nearEnd(); });
    new ResizeObserver(() => { if (this.following) this.toEnd(); }).observe(this.log);
  }

  /** Show another conversation. */
  show(conversation, label) {
    if (this.conversation !== conversation) {
      this.conversation = conversation;
      this.nodes.clear();
      this.log.replaceChildren();
      this.newer.hidden = true;
      this.following = true;
    }
    this.log.setAttribute("aria-label", label);
    this.render();
  }

  nearEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END;
  }

  toEnd(smooth = false) {
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.newer.hidden = true;
  }

  /** Bring the list in line with its conversation, touching only what changed. */
  render() {
    const { conversation } = this;
    if (!conversation) return;
    const first = !this.log.childElementCount;
    const follow = first || this.nearEnd();
    const before = this.lastTs;
    this.log.setAttribute("aria-busy", String(!conversation.loaded));
    this.sync(this.entries());
    this.lastTs = conversation.messages.at(-1)?.ts;
    if (follow) this.toEnd();
    else if (this.lastTs !== before) this.newer.hidden = false;
  }

  /** What the list shows, in order: `{key, sign, build}`; a node is built again when its sign changes. */
  entries() {
    const { conversation, host } = this;
    const { session } = host;
    const { zone } = session.state;
    const now = host.now();
    const shown = conversation.messages.filter((message) => !(message.ephemeral && session.dismissed.has(message.ts)));
    const entries = [];
    if (conversation.problem) {
      entries.push({ key: "problem", sign: conversation.problem, build: () => this.problem(conversation) });
    } else if (!conversation.loaded) {
      entries.push({ key: "loading", sign: "", build: () => h("div", { class: "log__loading" }, "Reading messages…") });
    } else if (!shown.length && !conversation.outgoing.length) {
      entries.push({ key: "empty", sign: conversation.channel, build: () => h("div", { class: "log__empty" }, this.empty()) });
    }
    let previous = null;
    for (const message of shown) {
      const date = new Date(message.time);
      const parent = message.ts === conversation.thread;
      if (!previous || dayKey(previous.date, zone) !== dayKey(date, zone)) {
        const label = dayLabel(date, now, zone);
        entries.push({ key: `day-${dayKey(date, zone)}`, sign: label, build: () =>
          h("div", { class: "day", role: "separator", "aria-label": label }, h("span", {}, label)) });
        previous = null;
      }
      const together = previous && !previous.parent && previous.message.user === message.user &&
        previous.message.name === message.name && !message.ephemeral && !previous.message.ephemeral &&
        date - previous.date < TOGETHER;
      const last = message.latest_reply && relativeTime(new Date(Number(message.latest_reply) * 1000), now, zone);
      entries.push({
        key: `${message.ts}${message.ephemeral ? " e" : ""}`,
        sign: JSON.stringify([message, Boolean(together), last]),
        build: () => this.message(message, { together, date, last }),
      });
      if (parent) {
        const count = shown.length - 1;
        entries.push({ key: "replies", sign: String(count), build: () =>
          h("div", { class: "thread__count" }, count ? replies(count) : "No replies yet") });
      }
      previous = { message, date, parent };
    }
    for (const out of conversation.outgoing) {
      entries.push({ key: out.key, sign: String(out.error), build: () => this.outgoing(conversation, out) });
    }
    return entries;
  }

  /** Make the log's children those of `entries`; nodes that stay aren't moved, so focus and announcements hold. */
  sync(entries) {
    const kept = new Map();
    let at = this.log.firstChild;
    for (const { key, sign, build } of entries) {
      const old = this.nodes.get(key);
      let node = old?.node;
      if (!old || old.sign !== sign) {
        node = build();
        if (old) {
          if (at === old.node) at = node;
          replaceKeepingFocus(old.node, node);
        }
      }
      if (node === at) at = at.nextSibling;
      else this.log.insertBefore(node, at);
      kept.set(key, { node, sign });
    }
    for (const [key, { node }] of this.nodes) if (!kept.has(key)) node.remove();
    this.nodes = kept;
  }

  problem(conversation) {
    return h("div", { class: "log__empty", role: "alert" },
      h("p", {}, conversation.problem),
      h("button", { type: "button", class: "button",
        on: { click: () => void this.host.session.read(conversation).catch(() => {}) } }, "Try again"));
  }

  author(message) {
    const { session } = this.host;
    if (message.bot) return { name: message.name || session.state.bot.name, picture: botAvatar() };
    const person = session.people.get(message.user) ?? { name: message.name || "Someone" };
    // Of another organization: whose, as Slack marks people in connected channels.
    return { name: person.name, picture: avatar(person), title: [person.title, message.team].filter(Boolean).join(", ") };
  }

  body(message) {
    const ctx = this.host.blockContext(message);
    if (message.blocks?.length) return renderBlocks(message.blocks, ctx);
    return message.text ? h("div", { class: "message__text" }, renderMrkdwn(message.text, ctx)) : null;
  }

  message(message, { together, date, last }) {
    const { session } = this.host;
    const { zone } = session.state;
    const { name, picture, title } = this.author(message);
    const time = clockTime(date, zone);
    const stamp = h("time", { class: "message__time", datetime: date.toISOString(), title: fullTime(date, zone) }, time);
    const edited = message.edited && h("span", { class: "message__edited" }, "(edited)");
    const { ctx, conversation } = { ctx: this.host.blockContext(message), conversation: this.conversation };
    return h("article", {
      class: `message${together ? " message--together" : ""}${message.ephemeral ? " message--ephemeral" : ""}`,
      dataset: { ts: message.ts, user: message.user ?? "" }, tabindex: "-1", "aria-label": `${name}, ${time}`,
    },
    h("div", { class: "message__side" }, together ? stamp : picture),
    h("div", { class: "message__main" },
      message.ephemeral && h("p", { class: "message__private" }, icon("eye"), "Only visible to you"),
      !together && h("header", { class: "message__head" },
        h("span", { class: "message__name" }, name),
        message.bot && h("span", { class: "tag" }, "App"),
        title && h("span", { class: "message__title" }, title),
        stamp, edited),
      h("div", { class: "message__body" }, this.body(message), together && edited),
      message.files?.length > 0 && h("div", { class: "files" }, message.files.map((file) => renderFile(file, ctx.fileUrl(file.id)))),
      message.reactions?.length > 0 && this.reactions(message),
      message.ephemeral && h("button", { type: "button", class: "link-button",
        on: { click: () => session.dismiss(conversation, message.ts) } }, "Dismiss message"),
      this.replyBar(message, last)),
    !message.ephemeral && this.tools(message));
  }

  reactions(message) {
    return h("ul", { class: "reactions", "aria-label": "Reactions" }, message.reactions.map(({ name, users }) =>
      h("li", { title: users.map((id) => this.host.session.nameOf(id)).join(", ") },
        emojiChar(name) ?? `:${name}:`, h("span", {}, String(users.length)))));
  }

  replyBar(message, last) {
    if (this.conversation.thread || !message.reply_count) return null;
    const { session } = this.host;
    const faces = (message.reply_users ?? []).slice(0, 4).map((id) =>
      session.people.has(id) ? avatar(session.people.get(id), "small") : botAvatar("small"));
    return h("button", { type: "button", class: "reply-bar", on: { click: () => this.host.openThread(message.ts) } },
      faces.length > 0 && h("span", { class: "reply-bar__faces" }, faces),
      h("span", { class: "reply-bar__count" }, replies(message.reply_count)),
      last && h("span", { class: "reply-bar__last" }, `Last reply ${last}`));
  }

  tools(message) {
    const actions = this.host.messageActions(message);
    return h("div", { class: "message__tools", role: "group", "aria-label": "Message actions" },
      !this.conversation.thread && h("button", {
        type: "button", class: "icon-button", "aria-label": "Reply in thread", title: "Reply in thread",
        on: { click: () => this.host.openThread(message.thread_ts ?? message.ts) },
      }, icon("thread")),
      actions.length > 0 && menuButton({ class: "icon-button", label: "More message actions", align: "end", title: "More" },
        () => this.host.messageActions(message), icon("dots")));
  }

  outgoing(conversation, out) {
    const { session } = this.host;
    return h("article", { class: `message message--${out.error ? "failed" : "sending"}`, "aria-label": out.error ? "Message not sent" : "Message being sent" },
      h("div", { class: "message__side" }, avatar(session.state.me)),
      h("div", { class: "message__main" },
        h("header", { class: "message__head" }, h("span", { class: "message__name" }, session.state.me.name),
          h("span", { class: "message__time" }, out.error ? "Not sent" : "Sending…")),
        h("div", { class: "message__text plain" }, out.text),
        out.files.length > 0 && h("p", { class: "message__edited" }, out.files.map((file) => file.name).join(", ")),
        out.error && h("div", { class: "message__failure", role: "alert" }, h("span", {}, out.error),
          h("button", { type: "button", class: "link-button", on: { click: () => void session.deliver(conversation, out) } }, "Send again"),
          h("button", { type: "button", class: "link-button", on: { click: () => session.discard(conversation, out) } }, "Discard"))));
  }

  /** Arrows go from message to message, Enter opens the thread. */
  onKey(event) {
    const own = event.target === this.log || event.target.classList?.contains("message");
    if (!own || event.ctrlKey || event.metaKey || event.altKey) return;
    const messages = [...this.log.querySelectorAll(".message[data-ts]")];
    const at = messages.indexOf(event.target);
    const target = {
      ArrowUp: messages[at < 0 ? messages.length - 1 : at - 1],
      ArrowDown: at < 0 ? null : messages[at + 1],
      Home: messages[0],
      End: messages.at(-1),
    }[event.key];
    if (target) {
      event.preventDefault();
      target.focus();
    } else if (event.key === "Enter" && at >= 0 && !this.conversation.thread) {
      event.preventDefault();
      this.host.openThread(messages[at].dataset.ts);
    }
  }
}

/** Replace a message's node; what had the focus inside it has it in the new one, as far as it is still there. */
function replaceKeepingFocus(old, node) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const action = active?.dataset.action;
  old.replaceWith(node);
  if (!active) return;
  const again = action && [...node.querySelectorAll("[data-action]")].find((other) => other.dataset.action === action);
  (again || node).focus();
}
