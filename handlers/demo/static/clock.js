/**
 * The demo's clock: shown, run on between the server's words, and turned.
 */

import { api } from "./api.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { clockTime, dayKey, shortDate, zoneName } from "./time.js";

const SPEEDS = [1, 10, 60, 600];

export class Clock {
  /**
   * @param {{onDay: () => void, onTrouble: (text: string) => void, onTurn: (label: string) => void}} listener `onDay` is
   *   called when another day has begun
   */
  constructor(listener) {
    this.listener = listener;
    this.zone = "UTC";
    this.base = Date.now();
    this.since = performance.now();
    this.speed = 1;
    this.turning = Promise.resolve();
    this.build();
    setInterval(() => this.draw(), 1000);
  }

  /** The demo's time. */
  now = () => new Date(this.base + (performance.now() - this.since) * this.speed);

  /** Take over the server's time; `zone` is the practice's IANA zone. */
  set({ now, speed, zone }) {
    this.base = Date.parse(now);
    this.since = performance.now();
    if (speed) this.speed = speed;
    if (zone) this.zone = zone;
    this.draw();
    this.drawSpeed();
  }

  build() {
    this.time = h("time", { class: "clock__time" });
    this.date = h("span", { class: "clock__date" });
    const turn = (label, change, glyph) => {
      const button = h(
        "button",
        { type: "button", class: "button button--bar" },
        glyph && icon(glyph),
        label,
      );
      button.addEventListener("click", () => this.turn(button, label, change));
      return button;
    };
    this.select = h("select", { class: "select", "aria-label": "Speed of the clock" });
    this.select.addEventListener("change", () =>
      this.turn(this.select, "Speed", { speed: Number(this.select.value) }),
    );
    this.node = h(
      "div",
      { class: "clock", role: "group", "aria-label": "The demo's clock" },
      h("div", { class: "clock__face" }, icon("clock"), this.date, this.time),
      h(
        "div",
        { class: "clock__turns" },
        turn("+1 hour", { forward: "1h" }),
        turn("+1 day", { forward: "1d" }),
        turn("Next morning 8:00", { next_morning: true }, "forward"),
        this.select,
      ),
    );
    this.drawSpeed();
  }

  /** Turn the clock, after the turns asked for before. */
  turn(control, label, change) {
    this.turning = this.turning.then(async () => {
      control.setAttribute("aria-busy", "true");
      try {
        this.set(await api.clock(change));
        this.listener.onTurn(label);
      } catch (error) {
        this.drawSpeed();
        this.listener.onTrouble(error.message);
      } finally {
        control.removeAttribute("aria-busy");
      }
    });
  }

  draw() {
    const now = this.now();
    this.time.textContent = `${clockTime(now, this.zone)} ${zoneName(now, this.zone)}`;
    this.time.dateTime = now.toISOString();
    this.date.textContent = shortDate(now, this.zone);
    const day = dayKey(now, this.zone);
    if (this.day && this.day !== day) this.listener.onDay();
    this.day = day;
  }

  drawSpeed() {
    const speeds = [...new Set([...SPEEDS, this.speed])].sort((one, other) => one - other);
    fill(
      this.select,
      speeds.map((speed) => h("option", { value: speed }, speed === 1 ? "Real time" : `${speed} × faster`)),
    );
    this.select.value = String(this.speed);
  }
}
