/**
 * The elements that hold a value, by their Block Kit type.
 *
 * Each builder takes the element and how it is used, and gives an `Input`. The value's shapes are those of
 * `PAGE_API.md`.
 *
 * @typedef {Object} Input
 * @property {HTMLElement} node
 * @property {HTMLElement} control what a label points at and an error focuses
 * @property {() => any} read the value; null, "" or [] when empty
 * @property {(value: any) => void} write
 *
 * @typedef {Object} Use
 * @property {string} id the control's id
 * @property {string} [label] its accessible name, where no visible label names it
 * @property {string} [labelledBy] the id of the visible label, for groups
 * @property {boolean} clearable whether a choice can be taken back
 * @property {(value: any) => void} changed called when a person changes the value
 * @property {(value: any) => void} [entered] called when Enter is pressed in a text field
 * @property {import("./blocks.js").BlockContext} ctx
 * @property {string} blockId
 */

import { debounce, h, uid } from "./dom.js";
import { FileTray } from "./files.js";
import { icon } from "./icons.js";
import { plainText, renderText } from "./mrkdwn.js";
import { Combobox, filterGroups } from "./typeahead.js";
import { dayKey } from "./time.js";

/** Milliseconds without a key before a text field tells the app what was typed. */
const TYPING_PAUSE = 500;

/** One-line and many-line text. */
function textInput(element, use, { type = "text", mode = null } = {}) {
  const multiline = element.multiline === true;
  const control = h(multiline ? "textarea" : "input", {
    class: "input",
    id: use.id,
    type: multiline ? null : type,
    rows: multiline ? 3 : null,
    inputmode: mode,
    "aria-label": use.label,
    placeholder: element.placeholder?.text,
    autocomplete: "off",
  });
  control.value = element.initial_value ?? "";
  if (use.changed)
    control.addEventListener(
      "input",
      debounce(() => use.changed(control.value), TYPING_PAUSE),
    );
  control.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !multiline) use.entered?.(control.value);
  });
  return {
    node: control,
    control,
    read: () => control.value,
    write: (value) => {
      control.value = value ?? "";
    },
  };
}

/** A native date, time or date-and-time field, its value given through `read` and `write`. */
function nativePicker(
  type,
  initial,
  use,
  { toValue = (text) => text || null, toText = (value) => value ?? "" } = {},
) {
  const control = h("input", { class: "input input--picker", id: use.id, type, "aria-label": use.label });
  control.value = toText(initial);
  if (use.changed) {
    // The native field changes at each digit typed; the app hears of it once the person pauses.
    control.addEventListener(
      "change",
      debounce(() => use.changed(toValue(control.value)), TYPING_PAUSE),
    );
  }
  return {
    node: control,
    control,
    read: () => toValue(control.value),
    write: (value) => {
      control.value = toText(value);
    },
  };
}

/** `2026-11-24T09:30` in `zone`, as Unix seconds. */
function zonedSeconds(text, zone) {
  const wanted = Date.parse(`${text}Z`);
  let instant = wanted;
  // Twice, because the offset may differ between the first guess and the instant itself.
  for (let round = 0; round < 2; round += 1)
    instant += wanted - Date.parse(`${zonedText(instant / 1000, zone)}Z`);
  return instant / 1000;
}

/** Unix seconds as `2026-11-24T09:30` in `zone`. */
function zonedText(seconds, zone) {
  const date = new Date(seconds * 1000);
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
  return `${dayKey(date, zone)}T${time}`;
}

function dateTimePicker(element, use) {
  const { zone } = use.ctx;
  return nativePicker("datetime-local", element.initial_date_time, use, {
    toValue: (text) => (text ? zonedSeconds(text, zone) : null),
    toText: (seconds) => (seconds ? zonedText(seconds, zone) : ""),
  });
}

/** A text object that a combobox can show. */
function flatOption(option, ctx) {
  return {
    ...option,
    text: { text: plainText(option.text, ctx) },
    description: option.description ? { text: plainText(option.description, ctx) } : undefined,
    original: option,
  };
}

/** Option groups in one shape, whether the element or answer has groups or not. */
function groupsOf(source, ctx) {
  const groups = source.option_groups ?? [{ label: null, options: source.options ?? [] }];
  return groups.map((group) => ({
    label: group.label ? plainText(group.label, ctx) : null,
    options: (group.options ?? []).map((option) => flatOption(option, ctx)),
  }));
}

/**
 * A select.
 *
 * @param {Object} element
 * @param {Use} use
 * @param {Object} how where options come from, and how an option becomes a value and back
 */
function select(
  element,
  use,
  { load, remote = false, initial, toValue = (option) => option.original, fromValue },
) {
  const multiple = element.type.startsWith("multi_");
  const from = fromValue ?? ((option) => flatOption(option, use.ctx));
  const valueOf = (options) => (multiple ? options.map(toValue) : options[0] ? toValue(options[0]) : null);
  const listOf = (value) => (multiple ? (value ?? []) : value ? [value] : []).map(from).filter(Boolean);
  const combo = new Combobox({
    id: use.id,
    label: use.label,
    multiple,
    remote,
    load,
    max: element.max_selected_items ?? Infinity,
    clearable: use.clearable,
    placeholder: element.placeholder ? plainText(element.placeholder, use.ctx) : undefined,
    minQuery: remote ? (element.min_query_length ?? 3) : 0,
    initial: listOf(initial),
    onChange: (options) => use.changed?.(valueOf(options)),
  });
  return {
    node: combo.node,
    control: combo.input,
    read: () => valueOf(combo.value),
    write: (value) => combo.choose(listOf(value)),
  };
}

function staticSelect(element, use) {
  const groups = groupsOf(element, use.ctx);
  return select(element, use, {
    initial: element.initial_options ?? element.initial_option,
    load: async (query) => filterGroups(groups, query),
  });
}

function externalSelect(element, use) {
  return select(element, use, {
    remote: true,
    initial: element.initial_options ?? element.initial_option,
    load: async (text) =>
      groupsOf(await use.ctx.suggest({ block_id: use.blockId, action_id: element.action_id, text }), use.ctx),
  });
}

/** A select over people or channels: its value is ids. */
function idSelect(entries, initial) {
  return (element, use) => {
    const options = entries(use.ctx).map(({ id, name }) => ({ text: { text: name }, value: id }));
    return select(element, use, {
      initial: initial.map((name) => element[name]).find(Boolean),
      load: async (query) => filterGroups([{ label: null, options }], query),
      toValue: (option) => option.value,
      fromValue: (id) => options.find((option) => option.value === id),
    });
  };
}

const usersSelect = idSelect((ctx) => ctx.people(), ["initial_users", "initial_user"]);
const channelsSelect = idSelect(
  (ctx) => ctx.channels(),
  ["initial_channels", "initial_channel", "initial_conversations", "initial_conversation"],
);

/** Checkboxes or radio buttons. */
function choiceGroup(element, use, type) {
  const { ctx } = use;
  const single = type === "radio";
  const name = uid("choice");
  const options = element.options ?? [];
  const boxes = options.map((option) => {
    const box = h("input", { type, name, class: "choice__box" });
    const row = h(
      "label",
      { class: "choice" },
      box,
      h(
        "span",
        { class: "choice__words" },
        h("span", {}, renderText(option.text, ctx)),
        option.description && h("span", { class: "choice__detail" }, renderText(option.description, ctx)),
      ),
    );
    return { box, row, option };
  });
  const read = () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ option }) => option);
    return single ? (chosen[0] ?? null) : chosen;
  };
  const write = (value) => {
    const values = new Set(
      [value]
        .flat()
        .filter(Boolean)
        .map((option) => option.value),
    );
    for (const { box, option } of boxes) box.checked = values.has(option.value);
  };
  write(element.initial_options ?? element.initial_option);
  const node = h(
    "div",
    {
      class: "choices",
      role: single ? "radiogroup" : "group",
      id: use.id,
      "aria-label": use.label,
      "aria-labelledby": use.labelledBy,
    },
    boxes.map(({ row }) => row),
  );
  if (use.changed) node.addEventListener("change", () => use.changed(read()));
  return { node, control: boxes[0]?.box ?? node, read, write };
}

/** Files, chosen by a button or dropped. */
function fileInput(element, use) {
  const max = element.max_files ?? 10;
  const note = h("p", { class: "dropzone__note", role: "status" });
  const tray = new FileTray((problem) => {
    note.textContent = problem ?? "";
    use.changed?.(tray.files);
  });
  const types = (element.filetypes ?? []).map((type) => `.${type}`).join(",");
  const control = h("input", {
    type: "file",
    id: use.id,
    class: "dropzone__input",
    multiple: max > 1,
    accept: types || null,
    "aria-label": use.label,
    on: {
      change: () => {
        void tray.add(control.files, max);
        control.value = "";
      },
    },
  });
  const zone = h(
    "div",
    { class: "dropzone" },
    control,
    h(
      "span",
      { class: "dropzone__words", "aria-hidden": "true" },
      icon("paperclip"),
      h(
        "span",
        {},
        "Choose files, or drop them here",
        types && h("span", { class: "dropzone__types" }, types.replaceAll(",", " ")),
      ),
    ),
  );
  acceptDrops(zone, (files) => void tray.add(files, max));
  return {
    node: h("div", {}, zone, tray.node, note),
    control,
    read: () => tray.files,
    write: (files) => tray.restore((files ?? []).filter((file) => file.base64 !== undefined)),
  };
}

/** Let files be dropped on `zone`. */
export function acceptDrops(zone, take) {
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (!event.dataTransfer?.files.length) return;
    take(event.dataTransfer.files);
    zone.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

const BUILDERS = {
  plain_text_input: textInput,
  rich_text_input: (element, use) => textInput({ ...element, multiline: true, initial_value: "" }, use),
  email_text_input: (element, use) => textInput(element, use, { type: "email", mode: "email" }),
  url_text_input: (element, use) => textInput(element, use, { type: "url", mode: "url" }),
  number_input: (element, use) =>
    textInput(element, use, { mode: element.is_decimal_allowed ? "decimal" : "numeric" }),
  static_select: staticSelect,
  multi_static_select: staticSelect,
  external_select: externalSelect,
  multi_external_select: externalSelect,
  users_select: usersSelect,
  multi_users_select: usersSelect,
  channels_select: channelsSelect,
  multi_channels_select: channelsSelect,
  conversations_select: channelsSelect,
  multi_conversations_select: channelsSelect,
  datepicker: (element, use) => nativePicker("date", element.initial_date, use),
  timepicker: (element, use) => nativePicker("time", element.initial_time, use),
  datetimepicker: dateTimePicker,
  checkboxes: (element, use) => choiceGroup(element, use, "checkbox"),
  radio_buttons: (element, use) => choiceGroup(element, use, "radio"),
  file_input: fileInput,
};

/** Whether an element holds a value. */
export function isInput(element) {
  return Object.hasOwn(BUILDERS, element.type);
}

/**
 * Build an element that holds a value.
 *
 * @param {Object} element of Block Kit
 * @param {Use} use
 * @returns {Input}
 */
export function buildInput(element, use) {
  return BUILDERS[element.type](element, use);
}
