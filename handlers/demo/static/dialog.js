/**
 * Dialogs over one pane: they hold the focus, Escape closes them, and the focus returns to where it was.
 */

import { focusable, h, trapTab, uid } from "./dom.js";

/**
 * Put a dialog over `host`, and make what is under it inert.
 *
 * @param {HTMLElement} host a positioned element
 * @param {{title: string, class?: string, onEscape: () => void}} how
 * @param {(titleId: string) => Node} build its content; the element with `titleId` as its id names it
 * @returns {{node: HTMLElement, focusFirst: () => void, remove: () => void}}
 */
export function openDialog(host, { title, class: className = "", onEscape }, build) {
  const before = document.activeElement;
  const titleId = uid("title");
  const node = h(
    "section",
    {
      class: `dialog ${className}`,
      role: "dialog",
      "aria-modal": "true",
      "aria-labelledby": titleId,
      tabindex: "-1",
    },
    build(titleId, title),
  );
  const layer = h("div", { class: "dialog-layer" }, node);
  layer.addEventListener("keydown", (event) => {
    trapTab(event, node);
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      onEscape();
    }
  });
  const covered = [...host.children].filter((child) => !child.inert);
  for (const child of covered) child.inert = true;
  host.append(layer);
  return {
    node,
    focusFirst: () => (focusable(node.querySelector("[data-dialog-body]") ?? node)[0] ?? node).focus(),
    remove: () => {
      for (const child of covered) child.inert = false;
      layer.remove();
      if (before?.isConnected) before.focus();
    },
  };
}

/**
 * Ask before something is done.
 *
 * @param {HTMLElement} host
 * @param {{title: string, text: Node|string, confirm: string, deny: string, danger?: boolean}} how
 * @returns {Promise<boolean>} whether it was confirmed
 */
export function confirmDialog(host, { title, text, confirm, deny, danger = false }) {
  return new Promise((resolve) => {
    const answer = (yes) => {
      dialog.remove();
      resolve(yes);
    };
    const dialog = openDialog(
      host,
      { title, class: "dialog--confirm", onEscape: () => answer(false) },
      (titleId) => [
        h("h2", { class: "dialog__title", id: titleId }, title),
        h("div", { class: "dialog__text" }, text),
        h(
          "footer",
          { class: "dialog__foot" },
          h("button", { type: "button", class: "button", on: { click: () => answer(false) } }, deny),
          h(
            "button",
            {
              type: "button",
              class: `button ${danger ? "button--danger-solid" : "button--primary"}`,
              on: { click: () => answer(true) },
            },
            confirm,
          ),
        ),
      ],
    );
    dialog.node.querySelector("footer .button:last-child").focus();
  });
}
