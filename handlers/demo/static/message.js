/**
 * One message: who wrote it and when, what it says, and what can be done with it.
 *
 * @typedef {Object} MessageHost what a message needs from its pane
 * @property {import("./session.js").Session} session
 * @property {(message: Object) => import("./blocks.js").BlockContext} blockContext
 * @property {(ts: string) => void} openThread
 * @property {(message: Object) => import("./menu.js").MenuItem[]} messageActions
 * @property {() => Date} now
 */

import { avatar, botAvatar } from "./avatars.js";
import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { emojiChar } from "./emoji.js";
import { renderFile } from "./files.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { clockTime, fullTime } from "./time.js";

/** `1 reply`, `3 replies` */
export const replies = (count) => `${count} ${count === 1 ? "reply" : "replies"}`;

function author(message, session) {
  if (message.bot) return { name: message.name || session.state.bot.name, picture: botAvatar() };
  const person = session.people.get(message.user) ?? { name: message.name || "Someone" };
  // Of another organization: whose, as Slack marks people in connected channels.
  const title = [person.title, message.team].filter(Boolean).join(", ");
  return { name: person.name, picture: avatar(person), title };
}

function body(message, ctx) {
  if (message.blocks?.length) return renderBlocks(message.blocks, ctx);
  return message.text ? h("div", { class: "message__text" }, renderMrkdwn(message.text, ctx)) : null;
}

function reactions(message, session) {
  return h(
    "ul",
    { class: "reactions", "aria-label": "Reactions" },
    message.reactions.map(({ name, users }) =>
      h(
        "li",
        { title: users.map((id) => session.nameOf(id)).join(", ") },
        emojiChar(name) ?? `:${name}:`,
        h("span", {}, String(users.length)),
      ),
    ),
  );
}

function replyBar(message, last, { session, openThread }) {
  const faces = (message.reply_users ?? [])
    .slice(0, 4)
    .map((id) => (session.people.has(id) ? avatar(session.people.get(id), "small") : botAvatar("small")));
  return h(
    "button",
    { type: "button", class: "reply-bar", on: { click: () => openThread(message.ts) } },
    faces.length > 0 && h("span", { class: "reply-bar__faces" }, faces),
    h("span", { class: "reply-bar__count" }, replies(message.reply_count)),
    last && h("span", { class: "reply-bar__last" }, `Last reply ${last}`),
  );
}

function tools(message, inThread, { messageActions, openThread }) {
  return h(
    "div",
    { class: "message__tools", role: "group", "aria-label": "Message actions" },
    !inThread &&
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Reply in thread",
          title: "Reply in thread",
          on: { click: () => openThread(message.thread_ts ?? message.ts) },
        },
        icon("thread"),
      ),
    messageActions(message).length > 0 &&
      menuButton(
        { class: "icon-button", label: "More message actions", align: "end", title: "More" },
        () => messageActions(message),
        icon("dots"),
      ),
  );
}

/**
 * A message.
 *
 * @param {Object} message
 * @param {{together: boolean, date: Date, last: string|null, conversation: Object}} how `together`: under the heading
 *   of the one before; `last`: when the last reply came, in words
 * @param {MessageHost} host
 * @returns {HTMLElement}
 */
export function renderMessage(message, { together, date, last, conversation }, host) {
  const { session } = host;
  const { zone } = session.state;
  const { name, picture, title } = author(message, session);
  const ctx = host.blockContext(message);
  const inThread = Boolean(conversation.thread);
  const time = clockTime(date, zone);
  const stamp = h(
    "time",
    { class: "message__time", datetime: date.toISOString(), title: fullTime(date, zone) },
    time,
  );
  const edited = message.edited && h("span", { class: "message__edited" }, "(edited)");
  const kind = `${together ? " message--together" : ""}${message.ephemeral ? " message--ephemeral" : ""}`;
  return h(
    "article",
    {
      class: `message${kind}`,
      dataset: { ts: message.ts, user: message.user ?? "" },
      tabindex: "-1",
      "aria-label": `${name}, ${time}`,
    },
    h("div", { class: "message__side" }, together ? stamp : picture),
    h(
      "div",
      { class: "message__main" },
      message.ephemeral && h("p", { class: "message__private" }, icon("eye"), "Only visible to you"),
      !together &&
        h(
          "header",
          { class: "message__head" },
          h("span", { class: "message__name" }, name),
          message.bot && h("span", { class: "tag" }, "App"),
          title && h("span", { class: "message__title" }, title),
          stamp,
          edited,
        ),
      h("div", { class: "message__body" }, body(message, ctx), together && edited),
      message.files?.length > 0 &&
        h(
          "div",
          { class: "files" },
          message.files.map((file) => renderFile(file, ctx.fileUrl(file.id))),
        ),
      message.reactions?.length > 0 && reactions(message, session),
      message.ephemeral &&
        h(
          "button",
          {
            type: "button",
            class: "link-button",
            on: { click: () => session.dismiss(conversation, message.ts) },
          },
          "Dismiss message",
        ),
      !inThread && message.reply_count > 0 && replyBar(message, last, host),
    ),
    !message.ephemeral && tools(message, inThread, host),
  );
}

/**
 * A message on its way, or one that did not arrive.
 *
 * @param {{text: string, files: Object[], error: string|null}} out
 * @param {Object} conversation
 * @param {import("./session.js").Session} session
 * @returns {HTMLElement}
 */
export function renderOutgoing(out, conversation, session) {
  const { me } = session.state;
  const action = (words, act) =>
    h("button", { type: "button", class: "link-button", on: { click: act } }, words);
  return h(
    "article",
    {
      class: `message message--${out.error ? "failed" : "sending"}`,
      "aria-label": out.error ? "Message not sent" : "Message being sent",
    },
    h("div", { class: "message__side" }, avatar(me)),
    h(
      "div",
      { class: "message__main" },
      h(
        "header",
        { class: "message__head" },
        h("span", { class: "message__name" }, me.name),
        h("span", { class: "message__time" }, out.error ? "Not sent" : "Sending…"),
      ),
      h("div", { class: "message__text plain" }, out.text),
      out.files.length > 0 &&
        h("p", { class: "message__edited" }, out.files.map((file) => file.name).join(", ")),
      out.error &&
        h(
          "div",
          { class: "message__failure", role: "alert" },
          h("span", {}, out.error),
          action("Send again", () => void session.deliver(conversation, out)),
          action("Discard", () => session.discard(conversation, out)),
        ),
    ),
  );
}
