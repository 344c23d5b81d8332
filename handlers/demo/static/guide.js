/**
 * The guide: one referral from message to rating in six steps, each ticked off when it was really done.
 */

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

const DISMISSED = "referral-bot-demo-guide";

const EXAMPLE =
  "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, BCBS PPO. Palpitations R00.2, to cardiology, urgent. Dr. Patel. Mornings at North if possible";

const OFFICE = "U0MARIA";
const PRACTICE = "U0TESS";

/**
 * @typedef {Object} Stage what the guide can do on the page
 * @property {string} bot the bot's name
 * @property {(person: string, text: string) => Promise<void>} type put a message into the composer of that person's channel
 * @property {(person: string) => Promise<void>} show show that person's first channel
 * @property {(person: string) => Promise<void>} showThread show the newest thread in that person's first channel
 * @property {() => void} showClock put the focus on the clock's buttons
 */

/** @type {{title: string, text: string, action?: [string, (stage: Stage) => any], done: (event: Object) => boolean}[]} */
const STEPS = [
  {
    title: "Send a patient",
    text: "You are Maria, the referral specialist of Lakeside. Write to the bot in your channel, as you would to a colleague.",
    action: ["Type it for me", (stage) => stage.type(OFFICE, `@${stage.bot} ${EXAMPLE}`)],
    done: ({ person, kind }) => person === OFFICE && (kind === "say" || kind === "command"),
  },
  {
    title: "Check and submit",
    text: "The bot answers in a thread: what it read, and what is still missing. Answer there, or edit the form; then press Submit.",
    action: ["Open the thread", (stage) => stage.showThread(OFFICE)],
    done: ({ person, kind, label }) =>
      person === OFFICE && (kind === "press" || kind === "submit") && /submit/i.test(label),
  },
  {
    title: "Claim it",
    text: "The practice has the referral at once. As Tess, at intake, press Claim: Maria reads in her thread who has it.",
    action: ["Show Tess", (stage) => stage.show(PRACTICE)],
    done: ({ kind, label }) => kind === "press" && /claim|accept/i.test(label),
  },
  {
    title: "Answer the office",
    text: "Accept and book a time, or ask the office something. Whatever you do, Maria’s thread follows.",
    action: ["Show Tess", (stage) => stage.show(PRACTICE)],
    done: ({ kind, label }) => (kind === "press" || kind === "submit") && /book|ask the office/i.test(label),
  },
  {
    title: "Turn the clock",
    text: "Every promise has an owner and a due time. Go to the next morning and watch reminders, alerts and the honest word to the office.",
    action: ["Show the clock", (stage) => stage.showClock()],
    done: ({ kind, label }) => kind === "turn" && label !== "Speed",
  },
  {
    title: "Close the loop",
    text: "As Tess: Arrived, Seen, Send report. Maria gets it where she began, and rates it with one tap. Then be somebody else: Omar, of another office, learns nothing of her patient.",
    action: ["Be Omar", (stage) => stage.show("U0OMAR")],
    done: ({ kind, label }) => (kind === "press" || kind === "submit") && /send report/i.test(label),
  },
];

function remembered() {
  try {
    return localStorage.getItem(DISMISSED) === "1";
  } catch {
    return false;
  }
}

function remember(dismissed) {
  try {
    localStorage.setItem(DISMISSED, dismissed ? "1" : "0");
  } catch {
    // Storage may be forbidden; the guide is then there again at the next visit.
  }
}

export class Guide {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.at = 0;
    this.finished = new Set();
    this.node = h("section", { class: "guide", "aria-label": "Guide", hidden: remembered() });
    this.toggle = h(
      "button",
      {
        type: "button",
        class: "button button--bar",
        title: "Guide",
        "aria-expanded": String(!this.node.hidden),
        on: { click: () => this.show(this.node.hidden) },
      },
      icon("compass"),
      h("span", {}, "Guide"),
    );
    this.draw();
  }

  show(visible) {
    this.node.hidden = !visible;
    this.toggle.setAttribute("aria-expanded", String(visible));
    remember(!visible);
    if (!visible) this.toggle.focus();
  }

  /** Take note of what a person did: a step that asks for it is ticked off. */
  note(event) {
    const step = STEPS.findIndex(
      (each, index) => index >= this.at && !this.finished.has(index) && each.done(event),
    );
    if (step < 0 || step > this.at + 1) return;
    this.finished.add(step);
    if (step >= this.at) this.at = Math.min(step + 1, STEPS.length - 1);
    this.draw();
  }

  go(step) {
    this.at = step;
    this.draw();
    this.node.querySelector('[aria-current="step"]').focus();
  }

  draw() {
    const step = STEPS[this.at];
    const last = this.at === STEPS.length - 1;
    const [words, act] = step.action;
    fill(
      this.node,
      h(
        "ol",
        { class: "guide__steps" },
        STEPS.map(({ title }, index) => {
          const done = this.finished.has(index);
          return h(
            "li",
            {},
            h(
              "button",
              {
                type: "button",
                class: `guide__step${done ? " is-done" : ""}`,
                "aria-current": index === this.at ? "step" : null,
                "aria-label": `Step ${index + 1}: ${title}${done ? ", done" : ""}`,
                title,
                on: { click: () => this.go(index) },
              },
              done ? icon("check") : String(index + 1),
            ),
          );
        }),
      ),
      h(
        "div",
        { class: "guide__words", role: "status" },
        h("strong", { class: "guide__title" }, `${this.at + 1}. ${step.title}`),
        " ",
        h("span", { class: "guide__text" }, step.text),
      ),
      h(
        "div",
        { class: "guide__actions" },
        h(
          "button",
          { type: "button", class: "button button--primary", on: { click: () => void act(this.stage) } },
          words,
        ),
        !last &&
          h("button", { type: "button", class: "button", on: { click: () => this.go(this.at + 1) } }, "Next"),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": "Close the guide",
            title: "Close the guide",
            on: { click: () => this.show(false) },
          },
          icon("close"),
        ),
      ),
    );
  }
}
