/**
 * Views: the modal that a person has open, and the home tab.
 */

import { api } from "./api.js";
import { botAvatar } from "./avatars.js";
import { renderBlocks } from "./blocks.js";
import { confirmDialog, openDialog } from "./dialog.js";
import { fill, h } from "./dom.js";
import { Fields } from "./fields.js";
import { icon } from "./icons.js";
import { plainText } from "./mrkdwn.js";

/**
 * @typedef {Object} ViewHost
 * @property {HTMLElement} stage what a modal covers
 * @property {import("./session.js").Session} session
 * @property {(view: Object, fields: Fields, trouble: (text: string) => void) => import("./blocks.js").BlockContext} viewContext
 * @property {(kind: string, label: string) => void} done tells the guide
 */

/** The modal of one pane. The server keeps the stack; the page shows its top, and remembers what was typed below. */
export class Modal {
  /** @param {ViewHost} host */
  constructor(host) {
    this.host = host;
    this.view = null;
    this.dialog = null;
    this.typed = new Map();
    /** Ids of the views in which something was entered, which closing would lose. */
    this.touched = new Set();
  }

  /** Show the view on top of the stack; null closes. */
  show(view) {
    if (!view) {
      this.remove();
      return;
    }
    const known = this.view?.id === view.id;
    if (this.view) this.remember();
    if (!this.dialog) {
      this.dialog = openDialog(
        this.host.stage,
        { title: "", class: "modal", onEscape: () => void this.close() },
        (titleId) => this.build(titleId),
      );
    }
    this.view = view;
    this.render(known);
  }

  remember() {
    this.typed.set(this.view.id, { values: this.fields.values(), types: this.fields.types() });
  }

  build(titleId) {
    this.title = h("h2", { class: "modal__title", id: titleId });
    this.back = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Back", on: { click: () => void this.close() } },
      icon("back"),
    );
    this.trouble = h("p", { class: "modal__trouble", role: "alert", hidden: true });
    this.body = h("div", { class: "modal__body", "data-dialog-body": true });
    this.cancel = h("button", { type: "button", class: "button", on: { click: () => void this.close() } });
    this.submit = h("button", { type: "submit", class: "button button--primary" });
    const form = h(
      "form",
      { class: "modal__form", novalidate: true },
      h(
        "header",
        { class: "modal__head" },
        this.back,
        botAvatar("small"),
        this.title,
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": "Close",
            on: { click: () => void this.close(true) },
          },
          icon("close"),
        ),
      ),
      this.body,
      h("footer", { class: "modal__foot" }, this.trouble, this.cancel, this.submit),
    );
    form.addEventListener("input", () => this.touched.add(this.view.id));
    form.addEventListener("change", () => this.touched.add(this.view.id));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    return form;
  }

  /** Draw the view; what was typed into fields that are still there is kept. */
  render(known) {
    const { view } = this;
    const scroll = known ? this.body.scrollTop : 0;
    const focused = known ? document.activeElement?.closest?.("[data-block]")?.dataset.block : null;
    this.fields = new Fields();
    const ctx = this.host.viewContext(view, this.fields, (text) => this.say(text));
    this.title.textContent = plainText(view.title, ctx);
    this.back.hidden = !view.previous_view_id;
    this.cancel.textContent = view.close ? plainText(view.close, ctx) : "Cancel";
    this.submit.hidden = !view.submit;
    this.submit.textContent = view.submit ? plainText(view.submit, ctx) : "";
    fill(this.body, renderBlocks(view.blocks ?? [], ctx));
    const typed = this.typed.get(view.id);
    if (typed) this.fields.restore(typed.values, typed.types);
    this.say(null);
    this.body.scrollTop = scroll;
    if (view.errors && Object.keys(view.errors).length) this.showErrors(view.errors);
    else this.focus(focused, known);
  }

  focus(block, known) {
    const field = block && this.fields.all.find((each) => each.blockId === block);
    if (field) field.input.control.focus();
    else if (!known || !this.dialog.node.contains(document.activeElement)) {
      const wanted = this.body.querySelector("[data-focus-on-load]");
      if (wanted) wanted.focus();
      else this.dialog.focusFirst();
    }
  }

  say(text) {
    this.trouble.textContent = text ?? "";
    this.trouble.hidden = !text;
  }

  showErrors(errors) {
    const left = this.fields.showErrors(errors);
    this.say(left.length ? left.join(" ") : null);
  }

  async send() {
    if (this.submit.hidden || this.submit.hasAttribute("aria-busy")) return;
    const problems = this.fields.problems();
    this.showErrors(problems);
    if (Object.keys(problems).length) return;
    const { session } = this.host;
    const { view } = this;
    const label = this.submit.textContent;
    this.submit.setAttribute("aria-busy", "true");
    try {
      const answer = await api.submit({ as: session.as, view_id: view.id, values: this.fields.values() });
      if (answer.errors) this.showErrors(answer.errors);
      else {
        this.host.done("submit", `${view.title?.text ?? ""}: ${label}`);
        // The server says by a frame what is shown next; only a plain close needs no more than this.
        if ((answer.action === "close" && !view.previous_view_id) || answer.action === "clear")
          this.remove(view.id);
      }
    } catch (error) {
      this.say(error.message);
    } finally {
      this.submit.removeAttribute("aria-busy");
    }
  }

  /** Close the top view, or all of them; what was typed is asked about first. */
  async close(all = false) {
    const { view } = this;
    if (all ? this.touched.size : this.touched.has(view.id)) {
      const sure = await confirmDialog(this.host.stage, {
        title: "Close without sending?",
        text: "What you filled in will be lost.",
        confirm: "Close",
        deny: "Keep writing",
        danger: true,
      });
      if (!sure || this.view?.id !== view.id) return;
    }
    try {
      const answer = await api.close({
        as: this.host.session.as,
        view_id: view.id,
        ...(all ? { all: true } : {}),
      });
      this.touched.delete(view.id);
      if (this.view?.id === view.id) this.show(answer.view ?? null);
      this.typed.delete(view.id);
    } catch (error) {
      this.say(error.message);
    }
  }

  /** Take the modal away; with an id, only if that view is still the one shown. */
  remove(id = null) {
    if (!this.dialog || (id && this.view?.id !== id)) return;
    const { dialog } = this;
    this.dialog = null;
    this.view = null;
    this.typed.clear();
    this.touched.clear();
    dialog.remove();
  }
}

/**
 * The app's home tab.
 *
 * @param {HTMLElement} root
 * @param {Object|null} view
 * @param {(view: Object, fields: Fields, trouble: (text: string) => void) => import("./blocks.js").BlockContext} viewContext
 * @param {(text: string) => void} trouble
 */
export function renderHome(root, view, viewContext, trouble) {
  const scroll = root.scrollTop;
  if (!view)
    fill(
      root,
      h("div", { class: "log__empty" }, h("p", {}, "This app has nothing on its home tab for you yet.")),
    );
  else
    fill(
      root,
      h(
        "div",
        { class: "home__column" },
        renderBlocks(view.blocks ?? [], viewContext(view, new Fields(), trouble)),
      ),
    );
  root.scrollTop = scroll;
}
