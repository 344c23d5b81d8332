/**
 * What a person's computer would show in its corner: who wrote, and the notification's own text, nothing more.
 */

import { avatar, botAvatar } from "./avatars.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { icon } from "./icons.js";

/** Milliseconds a notification stays; it stays longer while the pointer or the focus is on it. */
const STAY = 7000;

/** At most so many at once in a corner. */
const MOST = 3;

/** A corner of the screen. */
export class Toasts {
  /** @param {string} label which person's notifications these are, for assistive technology */
  constructor(label) {
    this.node = h("div", { class: "toasts", role: "status", "aria-label": label });
    /** Each toast, with the way to ask whether its reader sees by now what it tells. */
    this.shown = new Map();
  }

  /**
   * Show a notification.
   *
   * @param {Object} what
   * @param {string} what.sender
   * @param {boolean} what.bot
   * @param {{name: string, color?: string}|null} what.person the sender, where it is a known person
   * @param {string} what.place the channel, as its reader names it
   * @param {string} what.text plain
   * @param {string} what.reader whose screen it is
   * @param {() => boolean} what.seen whether the reader has before them what it tells
   * @param {() => void} what.open shows the reader what it tells
   */
  show({ sender, bot, person, place, text, reader, seen, open }) {
    const words = h(
      "span",
      { class: "toast__words" },
      h(
        "span",
        { class: "toast__head" },
        h("strong", {}, sender),
        h("span", { class: "toast__place" }, place),
      ),
      h("span", { class: "toast__text" }, withEmoji(text)),
      h("span", { class: "toast__reader" }, icon("bell"), `${reader}’s notifications`),
    );
    const body = h(
      "button",
      { type: "button", class: "toast__body", on: { click: open } },
      bot ? botAvatar() : avatar(person ?? { name: sender }),
      words,
    );
    const dismiss = h(
      "button",
      { type: "button", class: "icon-button icon-button--small", "aria-label": "Dismiss notification" },
      icon("close"),
    );
    const node = h("div", { class: "toast" }, body, dismiss);
    dismiss.addEventListener("click", () => this.drop(node));
    this.node.append(node);
    this.shown.set(node, seen);
    if (this.shown.size > MOST) this.drop(this.node.firstElementChild);
    const leave = () => {
      if (node.matches(":hover, :focus-within")) setTimeout(leave, STAY);
      else this.drop(node);
    };
    setTimeout(leave, STAY);
  }

  /** Take away what its reader sees by now. */
  dropSeen() {
    for (const [node, seen] of this.shown) if (seen()) this.drop(node);
  }

  drop(node) {
    this.shown.delete(node);
    node.remove();
  }
}
