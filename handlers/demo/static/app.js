/**
 * The page: a bar with the clock, the guide, and two people's workspaces.
 */

import { api } from "./api.js";
import { avatar } from "./avatars.js";
import { Clock } from "./clock.js";
import { fill, h } from "./dom.js";
import { Guide } from "./guide.js";
import { botMark, icon } from "./icons.js";
import { Pane, homeChannel } from "./pane.js";
import { channelTitle } from "./sidebar.js";
import { Toasts } from "./toasts.js";

const PLACES = ["left", "right"];
const FIRST = { left: "U0MARIA", right: "U0TESS" };

/** Wide enough for two workspaces side by side. */
const WIDE = matchMedia("(min-width: 1080px)");

class Page {
  constructor(root, people) {
    this.people = people;
    this.active = "left";
    this.wanted = new URLSearchParams(location.search).get("layout");
    this.clock = new Clock({
      onDay: () => this.each((pane) => pane.tick()),
      onTrouble: (text) => this.panes[this.active].say(text),
      onTurn: (label) => this.guide.note({ person: null, kind: "turn", label }),
    });
    const shared = {
      now: this.clock.now,
      onClock: (frame) => this.clock.set(frame),
      onNotify: (pane, frame) => this.notify(pane, frame),
      onPerson: () => this.onPerson(),
      onShown: (pane) => this.toasts[pane.place].dropSeen(),
      onDone: (event) => this.guide.note(event),
    };
    this.panes = { left: new Pane("left", shared), right: new Pane("right", shared) };
    this.toasts = { left: new Toasts("Notifications, left"), right: new Toasts("Notifications, right") };
    this.guide = new Guide(this.guideStage());
    this.build(root);
    this.layOut();
    WIDE.addEventListener("change", () => {
      this.wanted = null;
      this.layOut();
    });
    document.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("visibilitychange", () => this.each((pane) => pane.session && pane.seen()));
  }

  each(act) {
    for (const place of PLACES) act(this.panes[place]);
  }

  build(root) {
    this.layout = h("button", {
      type: "button",
      class: "button button--bar layout-toggle",
      on: {
        click: () => {
          this.wanted = this.two ? "one" : "two";
          this.layOut();
        },
      },
    });
    this.tabs = h("div", { class: "pane-tabs", role: "group", "aria-label": "Whose workspace" });
    fill(
      root,
      h(
        "header",
        { class: "bar" },
        h(
          "div",
          { class: "bar__brand" },
          botMark(),
          h(
            "div",
            {},
            h("h1", { class: "bar__name" }, "Referral Bot demo"),
            h("p", { class: "bar__note" }, "Play every side of a referral. Nobody here is real."),
          ),
        ),
        this.clock.node,
        h("div", { class: "bar__end" }, this.guide.toggle, this.layout),
      ),
      this.guide.node,
      h(
        "main",
        { class: "main" },
        this.tabs,
        h(
          "div",
          { class: "panes" },
          PLACES.map((place) => this.panes[place].node),
        ),
      ),
      h(
        "div",
        { class: "corners" },
        PLACES.map((place) => this.toasts[place].node),
      ),
    );
  }

  /** Whether both workspaces are shown. */
  get two() {
    return this.wanted ? this.wanted === "two" : WIDE.matches;
  }

  layOut() {
    const { two } = this;
    document.documentElement.dataset.layout = two ? "two" : "one";
    const words = two ? "One at a time" : "Side by side";
    this.layout.title = words;
    fill(this.layout, icon(two ? "person" : "columns"), h("span", {}, words));
    for (const place of PLACES) this.panes[place].node.hidden = !two && place !== this.active;
    this.tabs.hidden = two;
    this.drawTabs();
    this.each((pane) => pane.session && pane.seen());
  }

  /** Bring a workspace to the front, where one is shown at a time. */
  activate(place) {
    this.active = place;
    this.layOut();
  }

  drawTabs() {
    const focused = this.tabs.contains(document.activeElement);
    fill(
      this.tabs,
      PLACES.map((place) => {
        const { session } = this.panes[place];
        if (!session?.state) return null;
        const { me } = session.state;
        const current = place === this.active;
        return h(
          "button",
          {
            type: "button",
            class: "pane-tab",
            "aria-pressed": String(current),
            dataset: { side: me.side === "practice" ? "practice" : "office" },
            on: { click: () => this.activate(place) },
          },
          avatar(me, "small"),
          h("span", { class: "pane-tab__name" }, me.name),
          !current &&
            session.unread > 0 &&
            h(
              "span",
              { class: "badge" },
              String(session.unread),
              h("span", { class: "visually-hidden" }, " unread"),
            ),
        );
      }),
    );
    if (focused) this.tabs.querySelector('[aria-pressed="true"]')?.focus();
  }

  onPerson() {
    this.drawTabs();
    const query = new URLSearchParams(location.search);
    for (const place of PLACES) {
      const person = this.panes[place].session?.as;
      if (person && person !== FIRST[place]) query.set(place, person);
      else query.delete(place);
    }
    const search = query.toString();
    history.replaceState(null, "", search ? `?${search}` : location.pathname);
  }

  /** Show a notification, unless the person is looking at what it tells. */
  notify(pane, frame) {
    const { session } = pane;
    const { message } = frame;
    const thread = message?.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : null;
    const seen = () => pane.session !== session || pane.shows(frame.channel, thread);
    if (seen()) return;
    const channel = session.channel(frame.channel);
    const bot = frame.name === session.state.bot.name;
    this.toasts[pane.place].show({
      sender: frame.name,
      bot,
      person: session.state.people.find((person) => person.name === frame.name) ?? null,
      place: !channel || channel.kind === "dm" ? "" : channelTitle(channel),
      text: frame.text ?? "",
      reader: session.state.me.name,
      seen,
      open: () => {
        this.activate(pane.place);
        pane.openChannel(frame.channel, true);
        if (thread) pane.openThread(thread);
      },
    });
  }

  /** F6 goes from one workspace to the other. */
  onKey(event) {
    if (event.key !== "F6") return;
    event.preventDefault();
    const from = PLACES.find((place) => this.panes[place].node.contains(document.activeElement)) ?? "right";
    const to = from === "left" ? "right" : "left";
    this.activate(to);
    const pane = this.panes[to];
    const dialog = pane.node.querySelector('[role="dialog"]');
    (dialog ?? (pane.thread ? pane.threadComposer : pane.composer).area).focus();
  }

  /** The pane of a person: where they already are, else the one of their side. */
  async paneOf(id) {
    const person = this.people.find((each) => each.id === id);
    const there = PLACES.find((place) => this.panes[place].session?.as === id);
    const place = there ?? (person?.side === "practice" ? "right" : "left");
    if (!there) await this.panes[place].become(id);
    this.activate(place);
    return this.panes[place];
  }

  guideStage() {
    const bring = async (id) => {
      const pane = await this.paneOf(id);
      const { me, channels } = pane.session.state;
      const channel = homeChannel(me, channels);
      if (channel && (pane.channel !== channel.id || pane.tab !== "messages")) pane.openChannel(channel.id);
      return pane;
    };
    const told =
      (work) =>
      (...args) =>
        work(...args).catch((error) => this.panes[this.active].say(error.message));
    return {
      bot: "Referral Bot",
      type: told(async (id, text) => {
        const pane = await bring(id);
        pane.closeThread(false);
        if (!pane.composer.type(text))
          pane.say("You are writing something already: send it, or clear the field first.");
      }),
      show: told(async (id) => {
        const pane = await bring(id);
        pane.list.log.focus();
      }),
      showThread: told(async (id) => {
        const pane = await bring(id);
        const newest = pane.list.conversation.messages.filter((message) => message.reply_count).at(-1);
        if (newest) pane.openThread(newest.ts);
        else pane.say("There is no thread yet: send a message first.");
      }),
      showClock: () => this.clock.node.querySelector("button").focus(),
    };
  }
}

/** Read who can be played, and begin; what fails is said with a way to try again. */
async function start(root) {
  fill(root, h("p", { class: "start", role: "status" }, "Opening the demo…"));
  try {
    const state = await api.state(null);
    const people = state.people.filter((person) => person.playable !== false);
    const page = new Page(root, people);
    page.guide.stage.bot = state.bot.name;
    page.clock.set(state);
    const query = new URLSearchParams(location.search);
    const known = (id) => people.some((person) => person.id === id) && id;
    const fallback = {
      left: people[0],
      right: people.find((person) => person.side === "practice") ?? people.at(-1),
    };
    await Promise.all(
      PLACES.map((place) =>
        page.panes[place].become(known(query.get(place)) || known(FIRST[place]) || fallback[place].id),
      ),
    );
  } catch (error) {
    fill(
      root,
      h(
        "div",
        { class: "start", role: "alert" },
        h("p", {}, error.message),
        h(
          "button",
          { type: "button", class: "button button--primary", on: { click: () => void start(root) } },
          "Try again",
        ),
      ),
    );
  }
}

await start(document.getElementById("app"));
