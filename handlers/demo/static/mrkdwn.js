/**
 * Slack's mrkdwn and text objects, as DOM nodes.
 *
 * @typedef {Object} TextContext what text needs to know about its reader
 * @property {string} me the reader's user id
 * @property {(id: string) => string} nameOf a user's name
 * @property {(id: string) => string|null} channelName a channel's name as the reader knows it
 * @property {string} zone the reader's IANA time zone
 * @property {() => Date} now the demo's time
 */

import { emojiChar, withEmoji } from "./emoji.js";
import { fragment, h } from "./dom.js";
import { slackDate } from "./time.js";

// A style's mark opens after a non-word and closes before one, on one line; its length is bounded so that
// a long text of unmatched marks stays linear.
const edge = (mark) =>
  `(?<![\\p{L}\\p{N}${mark}])[${mark}](?![\\s${mark}])([^\\n]{1,1000}?)(?<!\\s)[${mark}](?![\\p{L}\\p{N}${mark}])`;
const INLINE = new RegExp(
  [
    "`([^`\\n]{1,2000})`",
    "<([^<>\\n]{1,3000})>",
    edge("*"),
    edge("_"),
    edge("~"),
    ":([a-z0-9_+-]{1,40}):",
  ].join("|"),
  "gu",
);

/** Undo Slack's three escapes. */
function unescape(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

/** A link that leaves the page, or its plain label where the address is not one a chat may open. */
export function link(url, label) {
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return document.createTextNode(label ?? url);
  return h(
    "a",
    { href: url, target: "_blank", rel: "noopener noreferrer" },
    label ?? url.replace(/^(mailto|tel):/, ""),
  );
}

/** The chip that a mention of a person is. */
export function mention(id, ctx) {
  return h("span", { class: id === ctx.me ? "mention mention--me" : "mention" }, `@${ctx.nameOf(id)}`);
}

/** The chip that a mention of a channel is. */
export function channelMention(id, ctx, label) {
  return h("span", { class: "mention" }, `#${ctx.channelName(id) ?? label ?? "a private channel"}`);
}

/** What stands between `<` and `>`: a mention, a date or a link. */
function angle(content, ctx) {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? null : unescape(content.slice(bar + 1));
  if (/^@[UW]/.test(target)) return mention(target.slice(1), ctx);
  if (/^#[CGD]/.test(target)) return channelMention(target.slice(1), ctx, label);
  if (target.startsWith("!date^")) {
    const [, seconds, template, url] = target.split("^");
    const text =
      /^\d+$/.test(seconds) && template ? slackDate(Number(seconds), unescape(template), ctx) : (label ?? "");
    return url ? link(unescape(url), text) : document.createTextNode(text);
  }
  if (target.startsWith("!")) {
    return h("span", { class: "mention" }, label ?? `@${target.slice(1).split("^")[0]}`);
  }
  if (/^[a-z][a-z+.-]*:/i.test(target)) return link(unescape(target), label);
  return document.createTextNode(unescape(`<${content}>`));
}

/** One line of mrkdwn. */
function inline(text, ctx) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, inAngles, bold, italic, strike, emoji] = match;
    if (match.index > from) nodes.push(unescape(text.slice(from, match.index)));
    if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (inAngles !== undefined) nodes.push(angle(inAngles, ctx));
    else if (bold !== undefined) nodes.push(h("strong", {}, inline(bold, ctx)));
    else if (italic !== undefined) nodes.push(h("em", {}, inline(italic, ctx)));
    else if (strike !== undefined) nodes.push(h("s", {}, inline(strike, ctx)));
    else nodes.push(emojiChar(emoji) ?? whole);
    from = match.index + whole.length;
  }
  if (from < text.length) nodes.push(unescape(text.slice(from)));
  return nodes;
}

/** Lines, joined by breaks. */
function lines(texts, ctx) {
  return texts.flatMap((line, index) => (index ? [h("br"), ...inline(line, ctx)] : inline(line, ctx)));
}

const QUOTE = /^(?:&gt;|>) ?/;

/** Text without preformatted parts: quotes and lines. */
function prose(text, ctx) {
  const runs = [];
  for (const line of text.split("\n")) {
    const quoted = QUOTE.test(line);
    const last = runs.at(-1);
    if (last && last.quoted === quoted) last.lines.push(line);
    else runs.push({ quoted, lines: [line] });
  }
  return runs.map((run) =>
    run.quoted
      ? h(
          "blockquote",
          {},
          lines(
            run.lines.map((line) => line.replace(QUOTE, "")),
            ctx,
          ),
        )
      : lines(run.lines, ctx),
  );
}

/**
 * A text in Slack's mrkdwn.
 *
 * @param {string} text escaped as Slack escapes it
 * @param {TextContext} ctx
 * @returns {DocumentFragment}
 */
export function renderMrkdwn(text, ctx) {
  const parts = text.split("```");
  const closed = parts.length % 2 === 1;
  return fragment(
    parts.map((part, index) => {
      const preformatted = index % 2 === 1 && (closed || index < parts.length - 1);
      if (preformatted) return h("pre", {}, unescape(part.replace(/^\n/, "")));
      const after = index > 0 ? part.replace(/^\n/, "") : part;
      return after && prose(index % 2 === 1 ? `\`\`\`${after}` : after, ctx);
    }),
  );
}

/** A text object (`plain_text` or `mrkdwn`); a bare string counts as plain. */
export function renderText(object, ctx) {
  if (!object) return fragment();
  if (typeof object === "string") return fragment(withEmoji(object));
  if (object.type === "mrkdwn") return renderMrkdwn(object.text ?? "", ctx);
  return fragment(object.emoji === false ? object.text : withEmoji(object.text ?? ""));
}

/** A text object's words, for accessible names. */
export function plainText(object, ctx) {
  return renderText(object, ctx).textContent.trim();
}
