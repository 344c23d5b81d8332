/**
 * The elements that do something when they are used: buttons, menus, and inputs outside of forms.
 */

import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { buildInput, isInput } from "./inputs.js";
import { menuButton } from "./menu.js";
import { link, plainText, renderText } from "./mrkdwn.js";

/**
 * Tell the app that an element was used: ask first where the element wants that, show that it is under way.
 *
 * @param {HTMLElement} control
 * @param {Object} element
 * @param {{block_id: string, value?: string, selected?: any, label: string}} action
 * @param {import("./blocks.js").BlockContext} ctx
 */
async function act(control, element, action, ctx) {
  // Busy rather than disabled: a disabled control would drop the keyboard's focus.
  if (control.hasAttribute("aria-busy")) return;
  if (element.confirm && !(await ctx.confirm(element.confirm))) return;
  control.setAttribute("aria-busy", "true");
  try {
    await ctx.act({ ...action, action_id: element.action_id });
  } finally {
    control.removeAttribute("aria-busy");
  }
}

/** A named picture; one that another server holds isn't fetched, its words stand for it. */
export function picture(image, ctx, className) {
  const address = ctx.imageUrl(image);
  const alt = image.alt_text ?? "";
  if (!address)
    return h("span", { class: `${className} absent`, role: "img", "aria-label": alt }, icon("eye"));
  return h("img", { class: className, src: address, alt, loading: "lazy" });
}

function button(element, blockId, ctx) {
  const label = plainText(element.text, ctx);
  const style = { primary: "button--primary", danger: "button--danger" }[element.style] ?? "";
  const node = h(
    "button",
    { type: "button", class: `button ${style}`, "aria-label": element.accessibility_label },
    renderText(element.text, ctx),
  );
  node.dataset.action = element.action_id ?? "";
  node.addEventListener("click", () => {
    if (element.url && /^https?:/i.test(element.url)) open(element.url, "_blank", "noopener");
    void act(node, element, { block_id: blockId, value: element.value, label }, ctx);
  });
  return node;
}

function overflow(element, blockId, ctx) {
  const run = (option) => {
    if (option.url && /^https?:/i.test(option.url)) open(option.url, "_blank", "noopener");
    void act(node, element, { block_id: blockId, selected: option, label: plainText(option.text, ctx) }, ctx);
  };
  const node = menuButton(
    { class: "icon-button icon-button--edged", label: "More actions", align: "end" },
    () =>
      (element.options ?? []).map((option) => ({
        label: plainText(option.text, ctx),
        detail: option.description ? plainText(option.description, ctx) : undefined,
        run: () => run(option),
      })),
    icon("dots"),
  );
  return node;
}

function feedbackButtons(element, blockId, ctx) {
  const group = h("span", { class: "feedback", role: "group" });
  const half = (part, glyph) => {
    const label = plainText(part.text, ctx);
    const node = h(
      "button",
      {
        type: "button",
        class: "button feedback__button",
        "aria-label": part.accessibility_label,
        "aria-pressed": "false",
      },
      icon(glyph),
      label,
    );
    node.addEventListener("click", async () => {
      await act(node, element, { block_id: blockId, value: part.value, label }, ctx);
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === node));
    });
    return node;
  };
  group.append(half(element.positive_button, "thumbUp"), half(element.negative_button, "thumbDown"));
  return group;
}

function iconButton(element, blockId, ctx) {
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(ctx.me)) return null;
  const label = plainText(element.text, ctx);
  const node = h(
    "button",
    {
      type: "button",
      class: "icon-button icon-button--edged",
      title: label,
      "aria-label": element.accessibility_label ?? label,
    },
    icon(element.icon),
  );
  node.addEventListener(
    "click",
    () => void act(node, element, { block_id: blockId, value: element.value, label }, ctx),
  );
  return node;
}

/** An input in an actions or section block: each change goes to the app at once. */
function liveInput(element, blockId, ctx) {
  const label = element.placeholder ? plainText(element.placeholder, ctx) : element.type.replaceAll("_", " ");
  const input = buildInput(element, {
    id: uid("live"),
    label,
    clearable: false,
    ctx,
    blockId,
    changed: (selected) => void act(input.control, element, { block_id: blockId, selected, label }, ctx),
  });
  ctx.fields?.add({
    blockId,
    actionId: element.action_id,
    type: element.type,
    input,
    element,
    required: false,
  });
  return h("span", { class: "live-input" }, input.node);
}

const BUILDERS = {
  button,
  workflow_button: button,
  overflow,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  image: (element, _blockId, ctx) => picture(element, ctx, "element-image"),
  url: (element) => link(element.url ?? "", element.text),
};

/**
 * An element of an actions, section, context or card block.
 *
 * @param {Object} element
 * @param {string} blockId
 * @param {import("./blocks.js").BlockContext} ctx
 * @returns {Node|null}
 */
export function renderElement(element, blockId, ctx) {
  if (BUILDERS[element.type]) return BUILDERS[element.type](element, blockId, ctx);
  if (isInput(element)) return liveInput(element, blockId, ctx);
  return h("span", { class: "unsupported" }, `This page can't show a “${element.type}”`);
}
