/**
 * A person's channels and apps, with what is unread.
 */

import { botAvatar } from "./avatars.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

/** A channel as people name it: `#intake`, or the bot's name. */
export function channelTitle(channel) {
  return channel.kind === "dm" ? channel.name : `#${channel.name}`;
}

function row(channel, current, open) {
  const { unread } = channel;
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: `channel${unread ? " channel--unread" : ""}`,
        "aria-current": channel.id === current ? "page" : null,
        dataset: { channel: channel.id },
        on: { click: () => open(channel.id) },
      },
      channel.kind === "dm" ? botAvatar("small") : icon(channel.external ? "share" : "hash"),
      h("span", { class: "channel__name" }, channel.name),
      unread > 0 &&
        h("span", { class: "badge" }, String(unread), h("span", { class: "visually-hidden" }, " unread")),
    ),
  );
}

/**
 * Draw the sidebar.
 *
 * @param {HTMLElement} root
 * @param {import("./session.js").Session} session
 * @param {string|null} current the open channel's id
 * @param {(id: string) => void} open
 */
export function renderSidebar(root, session, current, open) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  const channels = session.state.channels.filter((channel) => !channel.archived || channel.id === current);
  const group = (words, kind) => {
    const members = channels.filter((channel) => channel.kind === kind);
    return (
      members.length > 0 && [
        h("h2", { class: "sidebar__group" }, words),
        h(
          "ul",
          { class: "sidebar__list" },
          members.map((channel) => row(channel, current, open)),
        ),
      ]
    );
  };
  fill(
    root,
    h("p", { class: "sidebar__team" }, session.state.me.team),
    group("Channels", "channel"),
    group("Apps", "dm"),
  );
  if (focused) root.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
}
