/**
 * Selects: a field that finds its options while one types, for one choice or several.
 */

import { debounce, fill, h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { showPopup } from "./popup.js";

/**
 * @typedef {{text: {text: string}, value: string, description?: {text: string}}} Option as Block Kit has it
 * @typedef {{label: string|null, options: Option[]}} OptionGroup
 */

/** Milliseconds without a key before options are asked for. */
const PAUSE = 180;

/** Words with the part that was typed marked. */
function marked(text, query) {
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), h("mark", {}, text.slice(at, at + query.length)), text.slice(at + query.length)];
}

/** Groups that hold only what matches the query, by text or description. */
export function filterGroups(groups, query) {
  const words = query.trim().toLowerCase();
  const fits = (option) =>
    `${option.text.text} ${option.description?.text ?? ""}`.toLowerCase().includes(words);
  return groups
    .map((group) => ({ ...group, options: group.options.filter(fits) }))
    .filter((group) => group.options.length);
}

export class Combobox {
  /**
   * @param {Object} how
   * @param {string} [how.label] its accessible name, where no visible label names it
   * @param {string} [how.id] the input's id, for a visible label
   * @param {string} [how.placeholder]
   * @param {boolean} [how.multiple] several choices, shown as chips
   * @param {number} [how.max] how many at most
   * @param {boolean} [how.clearable] whether the choice can be taken back
   * @param {number} [how.minQuery] letters needed before options are asked for
   * @param {boolean} [how.remote] whether `load` asks the app: then it waits for a pause in the typing
   * @param {Option[]} [how.initial]
   * @param {(query: string) => Promise<OptionGroup[]>} how.load the options for what was typed
   * @param {(options: Option[]) => void} [how.onChange] called when a person changes the choice
   */
  constructor(how) {
    this.how = { multiple: false, max: Infinity, minQuery: 0, placeholder: "Choose an option", ...how };
    this.chosen = [];
    this.options = [];
    this.active = -1;
    this.asked = 0;
    this.hide = null;
    this.build();
    this.choose(this.how.initial ?? []);
    this.askSoon = debounce(() => this.ask(), this.how.remote ? PAUSE : 0);
  }

  build() {
    const listId = uid("options");
    const statusId = uid("status");
    this.chips = h("span", { class: "combo__chips" });
    this.input = h("input", {
      class: "combo__input",
      id: this.how.id ?? uid("combo"),
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-label": this.how.label,
      "aria-describedby": statusId,
    });
    this.clear = h(
      "button",
      {
        type: "button",
        class: "combo__clear",
        tabindex: "-1",
        "aria-label": "Clear",
        hidden: true,
        on: {
          click: () => {
            this.change([]);
            this.input.focus();
          },
        },
      },
      icon("close"),
    );
    this.list = h("div", {
      class: "combo__list",
      id: listId,
      role: "listbox",
      "aria-multiselectable": this.how.multiple || null,
      "aria-label": this.how.label ?? "Options",
    });
    this.status = h("div", { class: "combo__status", id: statusId, role: "status" });
    this.popup = h("div", { class: "combo__popup", popover: "manual" }, this.list, this.status);
    this.box = h(
      "div",
      { class: "combo__box" },
      this.chips,
      this.input,
      this.clear,
      h("span", { class: "combo__arrow" }, icon("chevron")),
    );
    this.node = h(
      "div",
      { class: `combo${this.how.multiple ? " combo--multiple" : ""}` },
      this.box,
      this.popup,
    );

    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("input", () => {
      this.open();
      this.askSoon();
    });
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => this.close());
    this.box.addEventListener("click", (event) => {
      if (this.clear.contains(event.target) || event.target.closest(".chip__remove")) return;
      this.input.focus();
      if (this.hide) this.close();
      else this.open();
    });
    // A press in the list must not take the focus away from the input.
    this.popup.addEventListener("pointerdown", (event) => event.preventDefault());
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** The chosen options; an empty list if none. */
  get value() {
    return this.chosen;
  }

  /** Set the choice without telling `onChange`. */
  choose(options) {
    this.chosen = options;
    this.showChosen();
  }

  /** A person's own change of the choice. */
  change(options) {
    this.choose(options);
    this.node.dispatchEvent(new Event("change", { bubbles: true }));
    this.how.onChange?.(options);
  }

  showChosen() {
    const { multiple, placeholder, clearable } = this.how;
    this.clear.hidden = multiple || !clearable || !this.chosen.length;
    this.input.placeholder = multiple && this.chosen.length ? "" : placeholder;
    if (!multiple) {
      this.input.value = this.chosen[0]?.text.text ?? "";
      return;
    }
    this.input.value = "";
    fill(
      this.chips,
      this.chosen.map((option) =>
        h(
          "span",
          { class: "chip" },
          option.text.text,
          h(
            "button",
            {
              type: "button",
              class: "chip__remove",
              "aria-label": `Remove ${option.text.text}`,
              on: {
                click: () => {
                  this.change(this.chosen.filter((other) => other.value !== option.value));
                  this.input.focus();
                },
              },
            },
            icon("close"),
          ),
        ),
      ),
    );
  }

  /** What was typed, as far as it isn't just the chosen option's own text. */
  get query() {
    const text = this.input.value.trim();
    return !this.how.multiple && text === this.chosen[0]?.text.text ? "" : text;
  }

  open() {
    if (this.hide || this.input.disabled) return;
    this.hide = showPopup(this.popup, this.box, { match: true });
    this.input.setAttribute("aria-expanded", "true");
    this.showOptions([]);
    this.ask();
  }

  close() {
    if (!this.hide) return;
    this.askSoon.cancel();
    this.asked += 1;
    this.hide();
    this.hide = null;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    // An emptied field means no choice, where that is allowed; any other leftover typing is taken back.
    if (!this.how.multiple && this.how.clearable && this.chosen.length && !this.input.value.trim())
      this.change([]);
    else this.showChosen();
  }

  async ask() {
    if (!this.hide) return;
    const query = this.query;
    const turn = (this.asked += 1);
    if (query.length < this.how.minQuery) {
      this.showOptions([]);
      const more = this.how.minQuery;
      this.say(`Type ${more === 1 ? "a letter" : `at least ${more} letters`} to search`);
      return;
    }
    if (this.how.remote) this.say("Searching…");
    try {
      const groups = await this.how.load(query);
      if (turn !== this.asked) return;
      this.showOptions(groups, query);
      const count = this.options.length;
      this.say(count ? "" : query ? `Nothing matches “${query}”` : "No options");
    } catch (error) {
      if (turn !== this.asked) return;
      this.showOptions([]);
      this.say(error.message);
    }
  }

  say(text) {
    this.status.textContent = text;
    this.status.hidden = !text;
  }

  showOptions(groups, query = "") {
    this.options = [];
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    const taken = new Set(this.chosen.map((option) => option.value));
    fill(
      this.list,
      groups.map((group) => {
        const rows = group.options.map((option) => this.optionRow(option, taken.has(option.value), query));
        if (!group.label) return rows;
        const id = uid("group");
        return h(
          "div",
          { role: "group", "aria-labelledby": id },
          h("div", { class: "combo__group", id, role: "presentation" }, group.label),
          rows,
        );
      }),
    );
    if (this.options.length && (query || !this.how.multiple)) {
      const chosen = this.options.findIndex((entry) => taken.has(entry.option.value));
      this.activate(chosen >= 0 ? chosen : query ? 0 : -1);
    }
  }

  optionRow(option, selected, query) {
    const node = h(
      "div",
      {
        class: "combo__option",
        role: "option",
        id: uid("option"),
        "aria-selected": String(selected),
        on: { click: () => this.pick(option) },
      },
      h(
        "span",
        { class: "combo__words" },
        h("span", {}, marked(option.text.text, query)),
        option.description && h("span", { class: "combo__detail" }, option.description.text),
      ),
      selected && icon("check"),
    );
    this.options.push({ option, node });
    return node;
  }

  activate(index) {
    this.options[this.active]?.node.classList.remove("is-active");
    this.active = index;
    const entry = this.options[index];
    if (!entry) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    entry.node.classList.add("is-active");
    entry.node.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", entry.node.id);
  }

  pick(option) {
    if (!this.how.multiple) {
      const same = this.chosen[0]?.value === option.value;
      this.choose([option]);
      this.close();
      if (!same) this.change([option]);
      return;
    }
    const without = this.chosen.filter((other) => other.value !== option.value);
    if (without.length < this.chosen.length) this.change(without);
    else if (this.chosen.length < this.how.max) this.change([...this.chosen, option]);
    this.ask();
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.hide) return this.open();
      const count = this.options.length;
      if (count)
        this.activate(this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!this.hide) this.open();
      else if (this.options[this.active]) this.pick(this.options[this.active].option);
    } else if (event.key === "Escape" && this.hide) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.how.multiple && !this.input.value && this.chosen.length) {
      this.change(this.chosen.slice(0, -1));
    }
    return undefined;
  }
}
