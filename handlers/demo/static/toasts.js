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
  }

  /**
   * Show a notification.
   *
   * @param {{sender: string, bot: boolean, person: {name: string, color?: string}|null, place: string, text: string,
   *   reader: string, open: () => void}} what `reader` is whose screen it is
   */
  show({ sender, bot, person, place, text, reader, open }) {
    const body = h(
      "button",
      {
        type: "button",
        class: "toast__body",
        on: {
          click: () => {
            node.remove();
            open();
          },
        },
      },
      bot ? botAvatar() : avatar(person ?? { name: sender }),
      h(
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
      ),
    );
    const node = h(
      "div",
      { class: "toast" },
      body,
      h(
        "button",
        {
          type: "button",
          class: "icon-button icon-button--small",
          "aria-label": "Dismiss notification",
          on: { click: () => node.remove() },
        },
        icon("close"),
      ),
    );
    this.node.append(node);
    while (this.node.childElementCount > MOST) this.node.firstElementChild.remove();
    const leave = () => {
      if (node.matches(":hover, :focus-within")) setTimeout(leave, STAY);
      else node.remove();
    };
    setTimeout(leave, STAY);
  }
}
