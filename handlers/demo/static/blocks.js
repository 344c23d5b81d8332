/**
 * Block Kit's layout blocks as DOM nodes.
 *
 * @typedef {import("./mrkdwn.js").TextContext & Object} BlockContext
 * @property {"message"|"modal"|"home"} surface
 * @property {(action: {block_id: string, action_id: string, value?: string, selected?: any, label: string}) => Promise<void>} act
 *   tells the app; shows what went wrong by itself and doesn't reject
 * @property {(ask: {block_id: string, action_id: string, text: string}) => Promise<Object>} suggest options of an
 *   external select; rejects with a sentence
 * @property {(confirm: Object) => Promise<boolean>} confirm shows a confirm object's dialog
 * @property {(image: Object) => string|null} imageUrl the address of a picture, null where this page may not fetch it
 * @property {(id: string) => string} fileUrl
 * @property {() => {id: string, name: string}[]} people
 * @property {() => {id: string, name: string}[]} channels
 * @property {import("./fields.js").Fields} [fields] collects the fields of a view
 */

import { append, fragment, h, uid } from "./dom.js";
import { picture, renderElement } from "./elements.js";
import { renderFile } from "./files.js";
import { icon } from "./icons.js";
import { buildInput, isInput } from "./inputs.js";
import { renderText } from "./mrkdwn.js";
import { renderRichText } from "./richtext.js";

function section(block, ctx) {
  const { accessory } = block;
  const wide = accessory && accessory.type !== "image" && isInput(accessory);
  return h(
    "div",
    { class: `section${wide ? " section--wide" : ""}` },
    h(
      "div",
      { class: "section__body" },
      block.text && h("div", { class: "section__text" }, renderText(block.text, ctx)),
      block.fields &&
        h(
          "div",
          { class: "section__fields" },
          block.fields.map((field) => h("div", { class: "section__field" }, renderText(field, ctx))),
        ),
    ),
    accessory && h("div", { class: "section__accessory" }, renderElement(accessory, block.block_id, ctx)),
  );
}

function header(block, ctx) {
  return h("h3", { class: "header" }, renderText(block.text, ctx));
}

function context(block, ctx) {
  return h(
    "div",
    { class: "context" },
    (block.elements ?? []).map((element) =>
      element.type === "image"
        ? picture(element, ctx, "context__image")
        : h("span", {}, renderText(element, ctx)),
    ),
  );
}

function actions(block, ctx) {
  return h(
    "div",
    { class: "actions" },
    (block.elements ?? []).map((element) => renderElement(element, block.block_id, ctx)),
  );
}

function image(block, ctx) {
  return h(
    "figure",
    { class: "image" },
    picture(block, ctx, "image__picture"),
    h("figcaption", {}, block.title ? renderText(block.title, ctx) : block.alt_text),
  );
}

function file(block, ctx) {
  const id = block.file?.id ?? block.external_id;
  return renderFile({ ...(block.file ?? { name: "File" }), id }, ctx.fileUrl(id));
}

const ALIGN = { left: "cell--left", center: "cell--center", right: "cell--right" };

function cellContent(cell, ctx) {
  if (cell.type === "rich_text") return renderRichText(cell, ctx);
  if (cell.type === "raw_number") return String(cell.number ?? cell.value ?? cell.text ?? "");
  return renderText(cell.type === "raw_text" ? cell.text : cell, ctx);
}

function table(block, ctx) {
  const settings = block.column_settings ?? [];
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell, index) => {
        const { align, is_wrapped: wrapped } = settings[index] ?? {};
        return h(
          tag,
          {
            class: `${ALIGN[align] ?? ""}${wrapped ? " cell--wrapped" : ""}`,
            scope: tag === "th" ? "col" : null,
          },
          cellContent(cell, ctx),
        );
      }),
    );
  const [head, ...rest] = block.rows ?? [];
  return h(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      {},
      head && h("thead", {}, row(head, "th")),
      h(
        "tbody",
        {},
        rest.map((cells) => row(cells, "td")),
      ),
    ),
  );
}

const ALERT_ICONS = { info: "info", warning: "alert", error: "warning", success: "check", default: "bell" };

function alert(block, ctx) {
  const level = Object.hasOwn(ALERT_ICONS, block.level) ? block.level : "default";
  return h(
    "div",
    { class: `alert alert--${level}`, role: level === "error" ? "alert" : "note" },
    icon(ALERT_ICONS[level]),
    h("div", {}, renderText(block.text, ctx)),
  );
}

function card(block, ctx, blockId = block.block_id) {
  const title = block.title ?? null;
  return h(
    "article",
    { class: "card" },
    block.hero_image && picture(block.hero_image, ctx, "card__hero"),
    (block.icon || title || block.subtitle) &&
      h(
        "header",
        { class: "card__head" },
        block.icon && picture(block.icon, ctx, "card__icon"),
        h(
          "div",
          {},
          title && h("h4", { class: "card__title" }, renderText(title, ctx)),
          block.subtitle && h("p", { class: "card__subtitle" }, renderText(block.subtitle, ctx)),
        ),
      ),
    block.body && h("div", { class: "card__body" }, renderText(block.body, ctx)),
    block.actions?.length &&
      h(
        "footer",
        { class: "card__actions" },
        block.actions.map((element) => renderElement(element, block.block_id ?? blockId, ctx)),
      ),
  );
}

function carousel(block, ctx) {
  const cards = (block.elements ?? []).map((element) => card(element, ctx, block.block_id));
  return h(
    "div",
    {
      class: "carousel",
      role: "group",
      tabindex: "0",
      "aria-label": `${cards.length} cards, scrolls sideways`,
    },
    cards,
  );
}

function container(block, ctx) {
  const heading = [
    block.icon && picture(block.icon, ctx, "container__icon"),
    h(
      "span",
      { class: "container__words" },
      h(
        "span",
        { class: "container__title" },
        block.rich_text_title ? renderRichText(block.rich_text_title, ctx) : renderText(block.title, ctx),
      ),
      block.subtitle && h("span", { class: "container__subtitle" }, renderText(block.subtitle, ctx)),
    ),
  ];
  const body = h("div", { class: "container__body" }, renderBlocks(block.child_blocks ?? [], ctx));
  if (block.is_collapsible) {
    return h(
      "details",
      { class: "container", open: !block.default_collapsed },
      h("summary", { class: "container__head" }, icon("chevron"), heading),
      body,
    );
  }
  return h(
    "section",
    { class: "container" },
    h(
      "header",
      { class: `container__head${block.has_header_divider ? " container__head--divided" : ""}` },
      heading,
    ),
    body,
  );
}

/** What makes an input tell the app before the form is sent. */
function dispatches(block, element) {
  if (!block.dispatch_action) return { onChange: false, onEnter: false };
  const text = /_text_input$|^number_input$/.test(element.type);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return {
    onChange: !text || triggers.includes("on_character_entered"),
    onEnter: text && triggers.includes("on_enter_pressed"),
  };
}

function input(block, ctx) {
  const { element } = block;
  const id = uid("field");
  const [labelId, hintId, errorId] = [`${id}-label`, `${id}-hint`, `${id}-error`];
  const group = element.type === "checkboxes" || element.type === "radio_buttons";
  const { onChange, onEnter } = dispatches(block, element);
  const tell = (selected) =>
    void ctx.act({
      block_id: block.block_id,
      action_id: element.action_id,
      selected,
      label: block.label?.text ?? "",
    });
  if (!isInput(element)) return unsupported({ type: `${element.type} input` });
  const built = buildInput(element, {
    id,
    labelledBy: group ? labelId : null,
    clearable: block.optional === true,
    ctx,
    blockId: block.block_id,
    changed: onChange ? tell : null,
    entered: onEnter ? tell : null,
  });
  const error = h("p", { class: "field__error", id: errorId, hidden: true });
  const describe = (withError) => {
    const own = built.control
      .getAttribute("aria-describedby")
      ?.split(" ")
      .filter((part) => part !== hintId && part !== errorId);
    const ids = [...(own ?? []), withError && errorId, block.hint && hintId].filter(Boolean);
    if (ids.length) built.control.setAttribute("aria-describedby", ids.join(" "));
    else built.control.removeAttribute("aria-describedby");
  };
  const node = h(
    "div",
    { class: "field", dataset: { block: block.block_id ?? "" } },
    h(
      group ? "span" : "label",
      { class: "field__label", id: labelId, for: group ? null : id },
      renderText(block.label, ctx),
      block.optional && h("span", { class: "field__optional" }, " (optional)"),
    ),
    built.node,
    error,
    block.hint && h("p", { class: "field__hint", id: hintId }, renderText(block.hint, ctx)),
  );
  if (!block.optional && !group) built.control.setAttribute("aria-required", "true");
  describe(false);
  ctx.fields?.add({
    blockId: block.block_id,
    actionId: element.action_id,
    type: element.type,
    input: built,
    element,
    required: block.optional !== true,
    showError: (text) => {
      error.textContent = text ?? "";
      error.hidden = !text;
      node.classList.toggle("has-error", Boolean(text));
      if (text) built.control.setAttribute("aria-invalid", "true");
      else built.control.removeAttribute("aria-invalid");
      describe(Boolean(text));
    },
  });
  if (element.focus_on_load) built.control.dataset.focusOnLoad = "";
  return node;
}

function unsupported(block) {
  return h("p", { class: "unsupported" }, `This page can't show a “${block.type}” block`);
}

const BLOCKS = {
  section,
  header,
  context,
  actions,
  image,
  file,
  table,
  alert,
  card,
  carousel,
  container,
  input,
  context_actions: actions,
  divider: () => h("hr", { class: "divider" }),
  rich_text: renderRichText,
};

/**
 * Blocks, in order.
 *
 * @param {Object[]} blocks
 * @param {BlockContext} ctx
 * @returns {DocumentFragment}
 */
export function renderBlocks(blocks, ctx) {
  return append(
    fragment(),
    blocks.map((block) =>
      h(
        "div",
        { class: "block", dataset: { type: block.type } },
        (Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type] : unsupported)(block, ctx),
      ),
    ),
  );
}
