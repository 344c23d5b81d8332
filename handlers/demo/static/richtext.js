/**
 * `rich_text` blocks as DOM nodes.
 */

import { append, fragment, h } from "./dom.js";
import { emojiChar } from "./emoji.js";
import { channelMention, link, mention } from "./mrkdwn.js";
import { slackDate } from "./time.js";

const STYLE_TAGS = [
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["code", "code"],
];

/** A node inside the tags that a style asks for. */
function styled(node, style = {}) {
  return STYLE_TAGS.reduce((inner, [name, tag]) => (style?.[name] ? h(tag, {}, inner) : inner), node);
}

/** Text whose line breaks show. */
function broken(text) {
  return fragment(text.split("\n").map((line, index) => [index > 0 && h("br"), line]));
}

const PARTS = {
  text: (part) => broken(part.text ?? ""),
  user: (part, ctx) => mention(part.user_id, ctx),
  channel: (part, ctx) => channelMention(part.channel_id, ctx),
  usergroup: () => h("span", { class: "mention" }, "@group"),
  team: () => h("span", { class: "mention" }, "@team"),
  broadcast: (part) => h("span", { class: "mention" }, `@${part.range}`),
  emoji: (part) => document.createTextNode(emojiChar(part.name, part.unicode) ?? `:${part.name}:`),
  link: (part) => link(part.url ?? "", part.text),
  color: (part) => h("code", {}, part.value),
  date: (part, ctx) => {
    const text = part.timestamp
      ? slackDate(part.timestamp, part.format ?? "{date_short} {time}", ctx)
      : part.fallback;
    return part.url ? link(part.url, text) : document.createTextNode(text ?? "");
  },
};

/** The inline parts of a section. */
function inlineParts(parts, ctx) {
  return (parts ?? []).map((part) => styled((PARTS[part.type] ?? PARTS.text)(part, ctx), part.style));
}

/** A list, indented by its level, numbered from its offset. */
function list(element, ctx) {
  const indent = Math.min(Math.max(element.indent ?? 0, 0), 6);
  const ordered = element.style === "ordered";
  const items = (element.elements ?? []).map((item) => h("li", {}, inlineParts(item.elements, ctx)));
  return h(
    ordered ? "ol" : "ul",
    { class: `rich-list rich-list--${indent}`, start: ordered && element.offset ? element.offset + 1 : null },
    items,
  );
}

const ELEMENTS = {
  rich_text_section: (element, ctx) =>
    h("div", { class: "rich-section" }, inlineParts(element.elements, ctx)),
  rich_text_list: list,
  rich_text_quote: (element, ctx) => h("blockquote", {}, inlineParts(element.elements, ctx)),
  rich_text_preformatted: (element, ctx) => h("pre", {}, inlineParts(element.elements, ctx)),
};

/**
 * A `rich_text` block.
 *
 * @param {{elements: Object[]}} block
 * @param {import("./mrkdwn.js").TextContext} ctx
 * @returns {HTMLElement}
 */
export function renderRichText(block, ctx) {
  const root = h("div", { class: "rich-text" });
  return append(
    root,
    (block.elements ?? []).map((element) => ELEMENTS[element.type]?.(element, ctx)),
  );
}
