/**
 * Completing what is typed into a composer: people after `@`, commands after `/`.
 */

import { fill, h, uid } from "./dom.js";
import { showPopup } from "./popup.js";

/**
 * @typedef {{label: string, detail?: string, insert: string, lead?: Node}} Completion
 */

export class Completions {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {(before: string) => {from: number, options: Completion[]}|null} find what may stand at the caret, given the
   *   text before it; `from` is where the completed word begins
   */
  constructor(area, find) {
    this.area = area;
    this.find = find;
    this.options = [];
    this.active = 0;
    this.hide = null;
    const id = uid("completions");
    this.list = h("div", {
      class: "menu completions",
      id,
      role: "listbox",
      "aria-label": "Suggestions",
      popover: "manual",
    });
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", id);
    area.addEventListener("input", () => this.update());
    area.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  update() {
    const { selectionStart, selectionEnd, value } = this.area;
    const found = selectionStart === selectionEnd ? this.find(value.slice(0, selectionStart)) : null;
    if (!found?.options.length) {
      this.close();
      return;
    }
    this.from = found.from;
    this.options = found.options.slice(0, 8);
    this.active = 0;
    this.show();
  }

  show() {
    fill(
      this.list,
      this.options.map((option, index) =>
        h(
          "div",
          {
            class: `menu__item${index === this.active ? " is-active" : ""}`,
            role: "option",
            id: `${this.list.id}-${index}`,
            "aria-selected": String(index === this.active),
            on: { click: () => this.accept(index) },
          },
          option.lead,
          h(
            "span",
            { class: "menu__words" },
            h("span", { class: "menu__label" }, option.label),
            option.detail && h("span", { class: "menu__detail" }, option.detail),
          ),
        ),
      ),
    );
    this.area.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    this.hide ??= showPopup(this.list, this.area, { above: true });
  }

  close() {
    this.hide?.();
    this.hide = null;
    this.area.removeAttribute("aria-activedescendant");
  }

  accept(index) {
    const { insert } = this.options[index];
    this.area.setRangeText(`${insert} `, this.from, this.area.selectionStart, "end");
    this.close();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Handle a key of the composer; true when it was meant for the list. */
  onKey(event) {
    if (!this.hide) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (this.active + step + this.options.length) % this.options.length;
      this.show();
    } else if (event.key === "Enter" || event.key === "Tab") this.accept(this.active);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
