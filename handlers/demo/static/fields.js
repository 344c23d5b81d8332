/**
 * The fields of one view: their values, their errors, and what was typed into them when the view changes.
 *
 * @typedef {Object} Field
 * @property {string} blockId
 * @property {string} actionId
 * @property {string} type the element's Block Kit type
 * @property {Object} element
 * @property {import("./inputs.js").Input} input
 * @property {boolean} required
 * @property {(text: string|null) => void} [showError]
 */

/** Whether a value means "nothing". */
function isEmpty(value) {
  return (
    value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

/** What is wrong with a value by the element's own limits, as Slack's client checks them; null if nothing is. */
function problem(field, value) {
  if (isEmpty(value)) return field.required ? "Please complete this required field." : null;
  const { element, type } = field;
  if (type === "plain_text_input") {
    const { length } = value;
    if (element.max_length && length > element.max_length) {
      return `This is ${length} characters long; at most ${element.max_length} fit.`;
    }
    if (element.min_length && length < element.min_length)
      return `Please write at least ${element.min_length} characters.`;
  }
  if (type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(value))
    return "Please enter a valid email address.";
  if (type === "url_text_input" && !URL.canParse(value)) return "Please enter a valid address.";
  if (type === "number_input") {
    const number = Number(value);
    if (!Number.isFinite(number)) return "Please enter a number.";
    if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
    if (element.min_value !== undefined && number < Number(element.min_value))
      return `At least ${element.min_value}, please.`;
    if (element.max_value !== undefined && number > Number(element.max_value))
      return `At most ${element.max_value}, please.`;
  }
  return null;
}

/** All fields of a view. */
export class Fields {
  constructor() {
    /** @type {Field[]} */
    this.all = [];
  }

  /** @param {Field} field */
  add(field) {
    this.all.push(field);
  }

  /** `{block_id: {action_id: value}}` of everything that is filled or was emptied; `files` leaves those out if false. */
  values({ files = true } = {}) {
    const values = {};
    for (const { blockId, actionId, type, input } of this.all) {
      if (!files && type === "file_input") continue;
      values[blockId] ??= {};
      values[blockId][actionId] = input.read();
    }
    return values;
  }

  /** Put values back into fields that still have the same block, action and type. */
  restore(values, types) {
    for (const { blockId, actionId, type, input } of this.all) {
      const had = values[blockId] && actionId in values[blockId];
      if (had && types[`${blockId} ${actionId}`] === type) input.write(values[blockId][actionId]);
    }
  }

  /** The type of each field, as `restore` compares them. */
  types() {
    return Object.fromEntries(
      this.all.map(({ blockId, actionId, type }) => [`${blockId} ${actionId}`, type]),
    );
  }

  /** What is wrong with the values by the elements' own limits: `{block_id: text}`. */
  problems() {
    const found = {};
    for (const field of this.all) {
      const text = problem(field, field.input.read());
      if (text) found[field.blockId] = text;
    }
    return found;
  }

  /**
   * Show errors under their fields and focus the first; without errors, clear them.
   *
   * @param {Object<string, string>} errors by block id
   * @returns {string[]} the texts that belong to no field here
   */
  showErrors(errors) {
    let first = null;
    const left = { ...errors };
    for (const field of this.all) {
      if (!field.showError) continue;
      const text = errors[field.blockId] ?? null;
      field.showError(text);
      if (text) first ??= field;
      delete left[field.blockId];
    }
    first?.input.control.focus();
    // The words under the field too, not only the field.
    first?.input.control.closest(".field")?.scrollIntoView({ block: "nearest" });
    return Object.values(left);
  }
}
