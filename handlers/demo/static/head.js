/**
 * What stands over a channel's messages: its name and topic, and the tabs of a conversation with the app.
 */

import { botAvatar } from "./avatars.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { channelTitle } from "./sidebar.js";

const TABS = { messages: "Messages", home: "Home" };

/** The tabs; arrows go from one to the other. */
function tabs(name, current, open) {
  const onKey = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    open(current === "home" ? "messages" : "home");
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": name, on: { keydown: onKey } },
    Object.entries(TABS).map(([key, words]) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          class: "tab",
          "aria-selected": String(key === current),
          tabindex: key === current ? null : "-1",
          on: { click: () => open(key) },
        },
        words,
      ),
    ),
  );
}

/**
 * Draw the head.
 *
 * @param {HTMLElement} root
 * @param {Object|null} channel nothing is shown without one
 * @param {{tab: "messages"|"home", openTab: (name: string) => void, channelsOpen: boolean,
 *   toggleChannels: () => void, unread: boolean}} how `unread`: whether there is something new in any channel
 */
export function renderHead(root, channel, { tab, openTab, channelsOpen, toggleChannels, unread }) {
  if (!channel) {
    fill(root);
    return;
  }
  const dm = channel.kind === "dm";
  const onTab =
    root.contains(document.activeElement) && document.activeElement.getAttribute("role") === "tab";
  fill(
    root,
    h(
      "button",
      {
        type: "button",
        class: "icon-button channel-head__menu",
        "aria-label": "Show channels",
        "aria-expanded": String(channelsOpen),
        on: { click: toggleChannels },
      },
      icon("menu"),
      unread && h("span", { class: "dot", "aria-hidden": "true" }),
    ),
    dm && botAvatar("small"),
    h(
      "div",
      { class: "channel-head__words" },
      h(
        "h2",
        { class: "channel-head__name" },
        channelTitle(channel),
        dm && h("span", { class: "tag" }, "App"),
      ),
      channel.topic && h("p", { class: "channel-head__topic", title: channel.topic }, channel.topic),
    ),
    channel.external &&
      h(
        "span",
        { class: "tag tag--shared", title: "Shared with another organization" },
        icon("share"),
        "Shared",
      ),
    dm && tabs(channel.name, tab, openTab),
  );
  if (onTab) root.querySelector('[role="tab"][aria-selected="true"]')?.focus();
}
