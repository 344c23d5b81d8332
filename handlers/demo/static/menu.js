/**
 * Menus: a button that opens a list of things to do.
 */

import { h, uid } from "./dom.js";
import { showPopup } from "./popup.js";

/**
 * @typedef {Object} MenuItem
 * @property {string} label
 * @property {string} [detail] a second, quieter line
 * @property {Node} [lead] what stands before the label
 * @property {boolean} [checked] shown as the present choice
 * @property {string} [group] a heading above the first item of the group
 * @property {() => void} run
 */

/**
 * Open a menu at a button. Arrows move, Enter chooses, Escape and a press elsewhere close.
 *
 * @param {HTMLElement} trigger
 * @param {MenuItem[]} items
 * @param {{label: string, align?: "start"|"end", above?: boolean}} how
 */
function openMenu(trigger, items, { label, align = "start", above = false }) {
  const id = uid("menu");
  const rows = [];
  let group = null;
  for (const item of items) {
    if (item.group && item.group !== group) {
      group = item.group;
      rows.push(h("div", { class: "menu__group", role: "presentation" }, group));
    }
    const choosable = item.checked !== undefined;
    rows.push(
      h(
        "button",
        {
          type: "button",
          class: "menu__item",
          tabindex: "-1",
          role: choosable ? "menuitemradio" : "menuitem",
          "aria-checked": choosable ? String(item.checked) : null,
          on: {
            click: () => {
              close(true);
              item.run();
            },
          },
        },
        item.lead,
        h(
          "span",
          { class: "menu__words" },
          h("span", { class: "menu__label" }, item.label),
          item.detail && h("span", { class: "menu__detail" }, item.detail),
        ),
      ),
    );
  }
  const menu = h("div", { class: "menu", id, role: "menu", "aria-label": label, popover: "manual" }, rows);
  const buttons = [...menu.querySelectorAll(".menu__item")];
  const move = (to) => buttons[(to + buttons.length) % buttons.length]?.focus();

  const close = (refocus) => {
    document.removeEventListener("pointerdown", outside, true);
    hide();
    menu.remove();
    trigger.setAttribute("aria-expanded", "false");
    trigger.removeAttribute("aria-controls");
    if (refocus) trigger.focus();
  };
  const outside = (event) => {
    if (menu.contains(event.target)) return;
    close(false);
    // A press on the trigger itself means close, not close and open again.
    if (trigger.contains(event.target)) {
      trigger.addEventListener("click", (click) => click.stopImmediatePropagation(), {
        capture: true,
        once: true,
      });
    }
  };
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const steps = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(-1),
    };
    if (event.key in steps) {
      event.preventDefault();
      steps[event.key]();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key.length === 1 && /\S/.test(event.key)) {
      const letter = event.key.toLowerCase();
      const order = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
      const words = (button) => button.querySelector(".menu__label").textContent;
      order.find((button) => words(button).toLowerCase().startsWith(letter))?.focus();
    }
  });

  trigger.after(menu);
  trigger.setAttribute("aria-expanded", "true");
  trigger.setAttribute("aria-controls", id);
  const hide = showPopup(menu, trigger, { align, above, tallest: 600 });
  document.addEventListener("pointerdown", outside, true);
  (buttons.find((button) => button.getAttribute("aria-checked") === "true") ?? buttons[0])?.focus();
}

/**
 * A button that opens a menu.
 *
 * @param {{class?: string, label: string, align?: "start"|"end", above?: boolean, title?: string}} how `label` names
 *   button and menu
 * @param {() => MenuItem[]} items asked each time it opens
 * @param {...*} content what the button shows
 */
export function menuButton({ class: className, label, align, above, title }, items, ...content) {
  const button = h(
    "button",
    {
      type: "button",
      class: className,
      "aria-label": label,
      title,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
    content,
  );
  button.addEventListener("click", () => openMenu(button, items(), { label, align, above }));
  return button;
}
