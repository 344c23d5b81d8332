/**
 * Building elements. Text always goes in as text nodes: nothing in this page is ever parsed as HTML.
 */

let nextId = 0;

/** A document-unique id, for labels and aria references. */
export function uid(prefix = "id") {
  nextId += 1;
  return `${prefix}-${nextId}`;
}

/**
 * Make an element.
 *
 * @param {string} tag the element's name
 * @param {Object} [props] attributes; `class`, `dataset` (object), `on` (event name to listener) are special;
 *   `true` sets an empty attribute, `null`, `undefined` and `false` set none
 * @param {...(Node|string|number|null|undefined|false|Array)} children nodes, or text that stays text
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Append children (nested arrays allowed, empty ones skipped) to a node. */
export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    parent.append(child instanceof Node ? child : String(child));
  }
  return parent;
}

/** Replace everything inside a node. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/** A `DocumentFragment` of the given children. */
export function fragment(...children) {
  return append(document.createDocumentFragment(), children);
}

/** Call `work` only after it was not asked for again for `wait` milliseconds; `.cancel()` drops it. */
export function debounce(work, wait) {
  let timer = 0;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select:not([disabled]), [tabindex="0"]';

/** The elements inside `root` that Tab reaches, in order. */
export function focusable(root) {
  return [...root.querySelectorAll(FOCUSABLE)].filter(
    (element) => element.tabIndex >= 0 && element.checkVisibility?.() !== false,
  );
}

/** Keep Tab inside `root`: call from its keydown listener. */
export function trapTab(event, root) {
  if (event.key !== "Tab") return;
  const stops = focusable(root);
  if (!stops.length) return;
  const first = stops[0];
  const last = stops[stops.length - 1];
  if (event.shiftKey && (document.activeElement === first || document.activeElement === root)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}
