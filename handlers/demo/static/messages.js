/**
 * A list of messages: a channel's, or a thread's.
 */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { renderMessage, renderOutgoing, replies } from "./message.js";
import { dayKey, dayLabel, relativeTime } from "./time.js";

/** Messages of one author this close together (ms) share one heading. */
const TOGETHER = 5 * 60_000;

/** How near (px) to the end the list must be to follow new messages. */
const NEAR_END = 80;

export class MessageList {
  /**
   * @param {import("./message.js").MessageHost} host
   * @param {{label: string, empty: () => Node|string}} how
   */
  constructor(host, { label, empty }) {
    this.host = host;
    this.empty = empty;
    this.conversation = null;
    this.nodes = new Map();
    this.log = h("div", { class: "log", role: "log", "aria-label": label, tabindex: "0" });
    this.newer = h(
      "button",
      { type: "button", class: "newer", hidden: true, on: { click: () => this.toEnd(true) } },
      icon("down"),
      "New messages",
    );
    this.node = h("div", { class: "log-frame" }, this.log, this.newer);
    this.log.addEventListener("scroll", () => {
      if (this.nearEnd()) this.newer.hidden = true;
    });
    this.log.addEventListener("keydown", (event) => this.onKey(event));
    // Pictures and composers change heights after the fact: stay at the end if we were there.
    this.log.addEventListener(
      "load",
      () => {
        if (this.following) this.toEnd();
      },
      true,
    );
    this.following = true;
    this.log.addEventListener("scroll", () => {
      this.following = this.nearEnd();
    });
    new ResizeObserver(() => {
      if (this.following) this.toEnd();
    }).observe(this.log);
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
    const shown = conversation.messages.filter(
      (message) => !(message.ephemeral && session.dismissed.has(message.ts)),
    );
    const entries = [];
    if (conversation.problem) {
      entries.push({ key: "problem", sign: conversation.problem, build: () => this.problem(conversation) });
    } else if (!conversation.loaded) {
      entries.push({
        key: "loading",
        sign: "",
        build: () => h("div", { class: "log__loading" }, "Reading messages…"),
      });
    } else if (!shown.length && !conversation.outgoing.length) {
      entries.push({
        key: "empty",
        sign: conversation.channel,
        build: () => h("div", { class: "log__empty" }, this.empty()),
      });
    }
    let previous = null;
    for (const message of shown) {
      const date = new Date(message.time);
      const parent = message.ts === conversation.thread;
      if (!previous || dayKey(previous.date, zone) !== dayKey(date, zone)) {
        const label = dayLabel(date, now, zone);
        entries.push({
          key: `day-${dayKey(date, zone)}`,
          sign: label,
          build: () =>
            h("div", { class: "day", role: "separator", "aria-label": label }, h("span", {}, label)),
        });
        previous = null;
      }
      const together =
        previous &&
        !previous.parent &&
        previous.message.user === message.user &&
        previous.message.name === message.name &&
        !message.ephemeral &&
        !previous.message.ephemeral &&
        date - previous.date < TOGETHER;
      const last =
        message.latest_reply && relativeTime(new Date(Number(message.latest_reply) * 1000), now, zone);
      entries.push({
        key: `${message.ts}${message.ephemeral ? " e" : ""}`,
        sign: JSON.stringify([message, Boolean(together), last]),
        build: () => renderMessage(message, { together, date, last, conversation }, host),
      });
      if (parent) {
        const count = shown.length - 1;
        entries.push({
          key: "replies",
          sign: String(count),
          build: () => h("div", { class: "thread__count" }, count ? replies(count) : "No replies yet"),
        });
      }
      previous = { message, date, parent };
    }
    for (const out of conversation.outgoing) {
      entries.push({
        key: out.key,
        sign: String(out.error),
        build: () => renderOutgoing(out, conversation, session),
      });
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
    return h(
      "div",
      { class: "log__empty", role: "alert" },
      h("p", {}, conversation.problem),
      h(
        "button",
        {
          type: "button",
          class: "button",
          on: { click: () => void this.host.session.read(conversation).catch(() => {}) },
        },
        "Try again",
      ),
    );
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
  const again =
    action && [...node.querySelectorAll("[data-action]")].find((other) => other.dataset.action === action);
  (again || node).focus();
}
