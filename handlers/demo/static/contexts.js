/**
 * What text and blocks need to know of the person who reads them, and how what they do reaches the app.
 */

import { api } from "./api.js";
import { confirmDialog } from "./dialog.js";
import { plainText, renderText } from "./mrkdwn.js";

/**
 * @param {import("./session.js").Session} session
 * @param {() => Date} now
 * @returns {import("./mrkdwn.js").TextContext}
 */
function textContext(session, now) {
  return {
    me: session.as,
    zone: session.state.zone,
    now,
    nameOf: (id) => session.nameOf(id),
    channelName: (id) => session.channel(id)?.name ?? null,
  };
}

/** The address of a picture; null for one of another server, which this page does not fetch. */
function imageUrl({ image_url: url, slack_file: file }, fileUrl) {
  if (file?.id) return fileUrl(file.id);
  const address = file?.url ?? url;
  const own =
    address &&
    URL.canParse(address, location.href) &&
    new URL(address, location.href).origin === location.origin;
  return own ? address : null;
}

/**
 * The context of blocks, but for its `surface` and `fields`.
 *
 * @param {Object} where
 * @param {import("./session.js").Session} where.session
 * @param {HTMLElement} where.stage what a confirm dialog covers
 * @param {() => Date} where.now
 * @param {() => Object} where.target the message or view, as the server wants it named
 * @param {(text: string|null) => void} where.trouble shows what went wrong; null takes it away
 * @param {(label: string) => void} where.done called when the app has taken a press
 * @returns {Partial<import("./blocks.js").BlockContext>}
 */
export function blockContext({ session, stage, now, target, trouble, done }) {
  const { as } = session;
  const text = textContext(session, now);
  const fileUrl = (id) => api.fileUrl(as, id);
  return {
    ...text,
    fileUrl,
    imageUrl: (image) => imageUrl(image, fileUrl),
    people: () => session.state.people,
    channels: () => session.state.channels.filter((channel) => channel.kind === "channel"),
    confirm: (confirm) =>
      confirmDialog(stage, {
        title: plainText(confirm.title, text),
        text: renderText(confirm.text, text),
        confirm: plainText(confirm.confirm, text),
        deny: plainText(confirm.deny, text),
        danger: confirm.style === "danger",
      }),
    suggest: (ask) => api.suggest({ as, ...target(), ...ask }),
    act: async ({ label, ...action }) => {
      try {
        trouble(null);
        await api.press({ as, ...target(), ...action });
        done(label);
      } catch (error) {
        trouble(error.message);
      }
    },
  };
}
