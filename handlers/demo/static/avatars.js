/**
 * The pictures people have: their initials on their colour.
 */

import { h } from "./dom.js";
import { botMark } from "./icons.js";

/** Black or white, whichever reads better on a `#rrggbb` colour: by WCAG's luminance one of them has 4.5 to 1. */
function inkOn(color) {
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

function initials(name) {
  const words = name
    .replace(/^Dr\.? /, "")
    .split(/\s+/)
    .filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/**
 * A person's picture; hidden from assistive technology, since the name always stands beside it.
 *
 * @param {{name: string, color?: string}} person
 * @param {"small"|"medium"|"large"} [size]
 */
export function avatar(person, size = "medium") {
  const node = h(
    "span",
    { class: `avatar avatar--${size}`, "aria-hidden": "true" },
    initials(person.name || "?"),
  );
  if (/^#[0-9a-f]{6}$/i.test(person.color ?? "")) {
    node.style.backgroundColor = person.color;
    node.style.color = inkOn(person.color);
  }
  return node;
}

/** The bot's picture. */
export function botAvatar(size = "medium") {
  return h("span", { class: `avatar avatar--bot avatar--${size}`, "aria-hidden": "true" }, botMark());
}
