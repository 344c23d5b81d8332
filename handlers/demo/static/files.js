/**
 * Files: choosing them, showing them, sending them.
 */

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {{name: string, size: number, base64: string}} LoadedFile a file read into memory
 */

/** `12 KB`, `1.4 MB` */
function fileSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The word that a name ends with: `PDF`. */
function fileKind(name) {
  const dot = name.lastIndexOf(".");
  return dot > 0 && name.length - dot <= 6 ? name.slice(dot + 1).toUpperCase() : "FILE";
}

/**
 * Read a chosen file.
 *
 * @param {File} file
 * @returns {Promise<LoadedFile>}
 */
function load(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () =>
      resolve({
        name: file.name,
        size: file.size,
        base64: reader.result.slice(reader.result.indexOf(",") + 1),
      }),
    );
    reader.addEventListener("error", () => reject(new Error(`${file.name} can't be read`)));
    reader.readAsDataURL(file);
  });
}

/** Chosen files as removable chips. */
export class FileTray {
  /** @param {(problem: string|null) => void} onChange called after each change, with what went wrong, if anything */
  constructor(onChange) {
    this.files = [];
    this.onChange = onChange;
    this.node = h("ul", { class: "tray", hidden: true, "aria-label": "Attachments" });
  }

  /** Add chosen files, at most `max` in all. */
  async add(chosen, max = 10) {
    let problem = null;
    for (const file of chosen) {
      if (this.files.length >= max) {
        problem = `At most ${max} file${max === 1 ? "" : "s"}`;
        break;
      }
      try {
        this.files.push(await load(file));
      } catch (error) {
        problem = error.message;
      }
    }
    this.show();
    this.onChange(problem);
  }

  /** Put back files that were taken with `.files`. */
  restore(files) {
    this.files = [...files];
    this.show();
  }

  show() {
    this.node.hidden = !this.files.length;
    fill(
      this.node,
      this.files.map((file) =>
        h(
          "li",
          { class: "tray__file" },
          h("span", { class: "file__kind", "aria-hidden": "true" }, fileKind(file.name)),
          h("span", { class: "tray__name" }, file.name),
          h("span", { class: "tray__size" }, fileSize(file.size)),
          h(
            "button",
            {
              type: "button",
              class: "icon-button icon-button--small",
              "aria-label": `Remove ${file.name}`,
              on: {
                click: () => {
                  this.restore(this.files.filter((other) => other !== file));
                  this.onChange(null);
                },
              },
            },
            icon("close"),
          ),
        ),
      ),
    );
  }
}

/** A file of a message: a picture as itself, anything else as a card to open. */
export function renderFile(file, address) {
  const name = file.title || file.name;
  if (file.mimetype?.startsWith("image/")) {
    return h(
      "figure",
      { class: "image" },
      h(
        "a",
        { href: address, target: "_blank", rel: "noopener" },
        h("img", { src: address, alt: name, loading: "lazy" }),
      ),
      h("figcaption", {}, name),
    );
  }
  return h(
    "a",
    { class: "file", href: address, target: "_blank", rel: "noopener" },
    h("span", { class: "file__kind", "aria-hidden": "true" }, fileKind(file.name ?? name)),
    h(
      "span",
      { class: "file__words" },
      h("span", { class: "file__name" }, name),
      h("span", { class: "file__detail" }, file.size ? fileSize(file.size) : "File"),
    ),
  );
}
