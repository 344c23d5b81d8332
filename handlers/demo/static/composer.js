/**
 * The field that messages, replies and commands are written in.
 */

import { avatar, botAvatar } from "./avatars.js";
import { Completions } from "./completion.js";
import { h, uid } from "./dom.js";
import { FileTray } from "./files.js";
import { icon } from "./icons.js";
import { acceptDrops } from "./inputs.js";

/** What was typed and not sent, by person and conversation: it survives switching between them. */
const drafts = new Map();

/**
 * @typedef {Object} ComposerHost
 * @property {import("./session.js").Session} session
 * @property {(text: string, files: import("./files.js").LoadedFile[]) => Promise<void>} send rejects with a sentence when
 *   the text must stay in the field
 */

export class Composer {
  /** @param {ComposerHost} host */
  constructor(host) {
    this.host = host;
    this.key = null;
    const id = uid("composer");
    this.note = h("p", { class: "composer__note", role: "status" });
    this.tray = new FileTray((problem) => {
      this.note.textContent = problem ?? "";
      this.refresh();
    });
    this.area = h("textarea", { id, class: "composer__area", rows: "1" });
    this.picker = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      tabindex: "-1",
      "aria-label": "Files to attach",
      on: {
        change: () => {
          void this.tray.add(this.picker.files);
          this.picker.value = "";
          this.area.focus();
        },
      },
    });
    this.attach = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Attach files",
        title: "Attach files",
        on: { click: () => this.picker.click() },
      },
      icon("paperclip"),
    );
    this.send = h(
      "button",
      { type: "submit", class: "send", "aria-label": "Send message", title: "Send" },
      icon("send"),
    );
    this.completions = new Completions(this.area, (before) => this.complete(before));
    this.node = h(
      "form",
      { class: "composer" },
      h(
        "div",
        { class: "composer__box" },
        this.area,
        this.tray.node,
        h(
          "div",
          { class: "composer__bar" },
          this.attach,
          this.picker,
          h(
            "span",
            { class: "composer__hint", "aria-hidden": "true" },
            h("kbd", {}, "Enter"),
            " sends, ",
            h("kbd", {}, "Shift Enter"),
            " starts a line",
          ),
          this.send,
        ),
      ),
      this.note,
      this.completions.list,
    );

    this.area.addEventListener("input", () => this.refresh());
    this.area.addEventListener("keydown", (event) => {
      if (this.completions.onKey(event)) return;
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        void this.submit();
      }
    });
    this.area.addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) void this.tray.add(event.clipboardData.files);
    });
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    acceptDrops(this.node, (files) => void this.tray.add(files));
  }

  /** Write in another conversation: `thread` is null in a channel. */
  show(channel, thread, label) {
    const key = `${this.host.session.as} ${channel} ${thread ?? ""}`;
    this.area.setAttribute("aria-label", label);
    this.area.placeholder = label;
    if (key === this.key) return;
    this.keep();
    this.key = key;
    this.thread = thread;
    const draft = drafts.get(key);
    this.area.value = draft?.text ?? "";
    this.tray.restore(draft?.files ?? []);
    this.note.textContent = "";
    this.completions.close();
    this.refresh();
  }

  keep() {
    if (!this.key) return;
    if (this.area.value || this.tray.files.length)
      drafts.set(this.key, { text: this.area.value, files: this.tray.files });
    else drafts.delete(this.key);
  }

  /** Put a text into the field, as if it had been typed; false, and nothing done, where something else stands there. */
  type(text) {
    this.area.focus();
    if (this.area.value.trim() && this.area.value !== text) return false;
    this.area.value = text;
    this.area.setSelectionRange(text.length, text.length);
    this.refresh();
    return true;
  }

  refresh() {
    this.area.style.height = "auto";
    // Nothing can be measured in a hidden pane; the next key does it.
    if (this.area.scrollHeight) this.area.style.height = `${Math.min(this.area.scrollHeight, 220)}px`;
    this.send.disabled = !this.area.value.trim() && !this.tray.files.length;
  }

  /** Commands at the start of a channel's text, people and the bot after an `@`. */
  complete(before) {
    const { bot, people, commands } = this.host.session.state;
    const command = /^\/([\w-]*)$/.exec(before);
    if (command && !this.thread) {
      const options = commands
        .filter((entry) => entry.command.startsWith(before))
        .map((entry) => ({
          label: entry.usage_hint ? `${entry.command} ${entry.usage_hint}` : entry.command,
          detail: entry.description,
          insert: entry.command,
        }));
      return { from: 0, options };
    }
    const mention = /(?:^|\s)@([\p{L}. ]{0,30})$/u.exec(before);
    if (!mention) return null;
    const typed = mention[1].toLowerCase();
    const everyone = [
      { ...bot, detail: "App", lead: botAvatar("small") },
      ...people.map((person) => ({ ...person, detail: person.title, lead: avatar(person, "small") })),
    ];
    const options = everyone
      .filter(
        (entry) => entry.name.toLowerCase().startsWith(typed) && entry.name.toLowerCase() !== typed.trim(),
      )
      .map((entry) => ({
        label: entry.name,
        detail: entry.detail,
        insert: `@${entry.name}`,
        lead: entry.lead,
      }));
    return { from: before.length - mention[1].length - 1, options };
  }

  async submit() {
    const text = this.area.value.trim();
    const { files } = this.tray;
    if (!text && !files.length) return;
    this.note.textContent = "";
    this.area.value = "";
    this.tray.restore([]);
    this.keep();
    this.refresh();
    const { key } = this;
    try {
      await this.host.send(text, files);
    } catch (error) {
      if (key === this.key && !this.area.value) {
        this.area.value = text;
        this.tray.restore(files);
        this.refresh();
      } else drafts.set(key, { text, files });
      this.note.textContent = error.message;
    }
  }
}
