/**
 * One person's workspace on the page: who it is, the channels, the messages, a thread, a modal.
 */

import { ApiError, api } from "./api.js";
import { botAvatar } from "./avatars.js";
import { Composer } from "./composer.js";
import { blockContext } from "./contexts.js";
import { fill, h } from "./dom.js";
import { renderHead } from "./head.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { Session } from "./session.js";
import { channelTitle, renderSidebar } from "./sidebar.js";
import { Modal, renderHome } from "./views.js";
import { renderWho } from "./who.js";

/** The channel each person looked at last. */
const lastChannel = new Map();

/** Where a person's work is: the practice's own channel for its staff, the one with the practice for an office. */
export function homeChannel(me, channels) {
  const own = channels.filter((channel) => channel.kind === "channel" && !channel.archived);
  return (me.side === "practice" && own.find((channel) => !channel.external)) || own[0] || channels[0];
}

export class Pane {
  /**
   * @param {"left"|"right"} place
   * @param {Object} page what it shares with the other pane
   * @param {() => Date} page.now the demo's time
   * @param {(frame: Object) => void} page.onClock
   * @param {(pane: Pane, frame: Object) => void} page.onNotify
   * @param {(pane: Pane) => void} page.onPerson its person or their unread count changed
   * @param {(pane: Pane) => void} page.onShown another channel or thread is before the person's eyes
   * @param {(done: {person: string, kind: string, label: string}) => void} page.onDone something was done by a person
   */
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.session = null;
    this.channel = null;
    this.thread = null;
    this.tab = "messages";
    this.build();
  }

  build() {
    this.whoSlot = h("div", { class: "who" });
    this.offline = h("span", { class: "who__offline", role: "status" });
    this.sidebar = h("nav", { class: "sidebar" });
    this.head = h("header", { class: "channel-head" });
    const list = {
      session: null,
      blockContext: (message) => this.messageContext(message),
      openThread: (ts) => this.openThread(ts),
      messageActions: (message) => this.messageActions(message),
      now: this.page.now,
    };
    this.list = new MessageList(list, { label: "Messages", empty: () => this.beginning() });
    this.threadList = new MessageList(list, { label: "Thread", empty: () => "This thread has no messages." });
    this.listHost = list;
    this.composerHost = { session: null, send: (text, files) => this.send(text, files) };
    this.threadHost = { session: null, send: (text, files) => this.reply(text, files) };
    this.composer = new Composer(this.composerHost);
    this.threadComposer = new Composer(this.threadHost);
    this.homePanel = h("div", {
      class: "home",
      role: "tabpanel",
      "aria-label": "Home",
      tabindex: "0",
      hidden: true,
    });
    this.notice = h("div", { class: "notice", role: "alert", hidden: true });
    this.threadWhere = h("span", { class: "thread__where" });
    this.threadNode = h(
      "aside",
      { class: "thread", hidden: true },
      h(
        "header",
        { class: "channel-head" },
        h(
          "button",
          {
            type: "button",
            class: "icon-button thread__back",
            "aria-label": "Back to the channel",
            on: { click: () => this.closeThread() },
          },
          icon("back"),
        ),
        h(
          "div",
          { class: "channel-head__words" },
          h("h2", { class: "channel-head__name" }, "Thread"),
          this.threadWhere,
        ),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": "Close thread",
            title: "Close thread",
            on: { click: () => this.closeThread() },
          },
          icon("close"),
        ),
      ),
      this.threadList.node,
      this.threadComposer.node,
    );
    this.main = h("div", { class: "column" }, this.head, this.list.node, this.homePanel, this.composer.node);
    this.stage = h(
      "div",
      { class: "stage" },
      h(
        "div",
        { class: "work" },
        this.sidebar,
        h("div", { class: "sidebar-shade", on: { click: () => this.toggleSidebar(false) } }),
        this.main,
        this.threadNode,
        this.notice,
      ),
    );
    this.node = h("section", { class: "pane", dataset: { pane: this.place } }, this.whoSlot, this.stage);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (this.node.classList.contains("has-sidebar")) this.toggleSidebar(false);
      else if (!this.threadNode.hidden) this.closeThread();
    });
  }

  /** Become a person. Rejects with a sentence when their workspace can't be read. */
  async become(id) {
    const session = new Session(id);
    await session.start();
    this.session?.stop();
    this.session = session;
    for (const host of [this.listHost, this.composerHost, this.threadHost]) host.session = session;
    this.modal?.remove();
    this.modal = new Modal({
      stage: this.stage,
      session,
      viewContext: (view, fields, trouble) => this.viewContext(view, fields, trouble),
      done: (kind, label) => this.done(kind, label),
    });
    this.thread = null;
    this.threadNode.hidden = true;
    this.node.classList.remove("has-thread");
    this.listen(session);
    const { me, channels } = session.state;
    this.node.dataset.person = id;
    this.node.dataset.side = me.side === "practice" ? "practice" : "office";
    this.node.setAttribute("aria-label", `${me.name}’s workspace`);
    this.sidebar.setAttribute("aria-label", `Channels of ${me.name}`);
    this.threadNode.setAttribute("aria-label", `Thread of ${me.name}`);
    this.showWho();
    const remembered = session.channel(lastChannel.get(id));
    this.openChannel((remembered ?? homeChannel(me, channels))?.id ?? null);
    if (session.state.view) this.modal.show(session.state.view);
    this.page.onPerson(this);
  }

  listen(session) {
    const on = (type, act) =>
      session.addEventListener(type, (event) => {
        if (session === this.session) act(event.detail);
      });
    on("state", () => {
      this.showSidebar();
      this.showHead();
      this.seen();
      this.page.onPerson(this);
    });
    on("messages", () => {
      this.list.render();
      if (this.thread) this.threadList.render();
      this.seen();
    });
    on("view", ({ view }) => this.modal.show(view));
    on("home", () => this.showHome());
    on("notify", (frame) => this.page.onNotify(this, frame));
    on("clock", (frame) => this.page.onClock(frame));
    on("status", () => {
      this.offline.textContent = session.connected ? "" : "Reconnecting…";
    });
  }

  done(kind, label) {
    this.page.onDone({ person: this.session.as, kind, label });
  }

  /** Draw again what depends on the time: day names. */
  tick() {
    if (!this.session) return;
    this.list.render();
    if (this.thread) this.threadList.render();
  }

  // Who

  showWho() {
    renderWho(this.whoSlot, this.session, {
      offline: this.offline,
      become: (id) => void this.change(id),
      run: (shortcut) => void this.runShortcut(shortcut),
    });
  }

  /** Become somebody else at the visitor's wish; the focus stays on the bar. */
  async change(id) {
    try {
      await this.become(id);
      this.whoSlot.querySelector(".who__button").focus();
    } catch (error) {
      this.say(error.message);
    }
  }

  async runShortcut(shortcut, message = null) {
    try {
      const where = message ? { channel: message.channel ?? this.channel, ts: message.ts } : {};
      await api.shortcut({ as: this.session.as, callback_id: shortcut.callback_id, ...where });
      this.done("shortcut", shortcut.name);
    } catch (error) {
      this.say(error.message);
    }
  }

  messageActions(message) {
    return this.session.state.shortcuts
      .filter((shortcut) => shortcut.type === "message")
      .map((shortcut) => ({
        label: shortcut.name,
        detail: this.session.state.bot.name,
        lead: botAvatar("small"),
        run: () => void this.runShortcut(shortcut, message),
      }));
  }

  // Channels

  showSidebar() {
    renderSidebar(this.sidebar, this.session, this.channel, (id) => {
      this.toggleSidebar(false);
      this.openChannel(id, true);
    });
  }

  toggleSidebar(show) {
    const was = this.node.classList.contains("has-sidebar");
    this.node.classList.toggle("has-sidebar", show);
    this.head.querySelector(".channel-head__menu")?.setAttribute("aria-expanded", String(show));
    if (show) this.sidebar.querySelector("[aria-current], button")?.focus();
    else if (was) this.head.querySelector(".channel-head__menu")?.focus();
  }

  /** Show a channel; `focus` puts the caret into its composer. */
  openChannel(id, focus = false) {
    this.channel = id;
    this.closeThread(false);
    this.tab = "messages";
    this.showSidebar();
    this.main.hidden = !id;
    if (!id) return;
    lastChannel.set(this.session.as, id);
    this.showTab();
    if (focus) this.composer.area.focus();
  }

  showTab() {
    const channel = this.session.channel(this.channel);
    const home = this.tab === "home";
    this.showHead();
    this.homePanel.hidden = !home;
    this.list.node.hidden = home;
    this.composer.node.hidden = home || channel.archived === true;
    if (home) return;
    const title = channelTitle(channel);
    this.list.show(this.session.conversation(this.channel), `Messages in ${title}`);
    this.composer.show(this.channel, null, `Message ${title}`);
    this.seen();
  }

  showHead() {
    renderHead(this.head, this.channel && this.session.channel(this.channel), {
      tab: this.tab,
      openTab: (name) => void this.openTab(name),
      channelsOpen: this.node.classList.contains("has-sidebar"),
      toggleChannels: () => this.toggleSidebar(!this.node.classList.contains("has-sidebar")),
      unread: this.session.unread > 0,
    });
  }

  async openTab(name) {
    this.tab = name;
    this.closeThread(false);
    this.showTab();
    if (name !== "home") return;
    this.showHome();
    try {
      const { view } = await api.home(this.session.as);
      this.session.home = view ?? this.session.home;
      this.showHome();
      this.done("home", "Home");
    } catch (error) {
      this.say(error.message);
    }
  }

  showHome() {
    if (this.tab !== "home") return;
    renderHome(
      this.homePanel,
      this.session.home,
      (view, fields, trouble) => this.viewContext(view, fields, trouble),
      (text) => this.say(text),
    );
  }

  /** What an empty channel says. */
  beginning() {
    const { bot, me } = this.session.state;
    const channel = this.session.channel(this.channel);
    const how =
      channel?.kind === "dm"
        ? `Write to it here: ${me.side === "practice" ? "" : "“refer Jane Whitcomb …”, "}“when can you see …”, “status”, “help”.`
        : me.side === "practice"
          ? `What ${bot.name} has to say here appears by itself. Begin a message with @${bot.name} to ask it something.`
          : `Begin a message with @${bot.name} to have it answered here.`;
    return [
      h(
        "p",
        { class: "log__empty-title" },
        channel?.kind === "dm"
          ? `This is your conversation with ${bot.name}`
          : `This is the beginning of ${channelTitle(channel)}`,
      ),
      h("p", {}, how),
    ];
  }

  /** Whether a message of the open channel, or of its open thread, is before the person's eyes. */
  shows(channel, thread = null) {
    const list = thread && thread === this.thread ? this.threadList : thread ? null : this.list;
    return channel === this.channel && !document.hidden && Boolean(list?.node.checkVisibility());
  }

  /** Take note of what is before the person's eyes: the open channel is read, unless something covers it. */
  seen() {
    if (this.channel && this.shows(this.channel)) this.session.markRead(this.channel);
    this.page.onShown(this);
  }

  // Threads

  /** Open a thread of the open channel. */
  openThread(ts, focus = true) {
    this.thread = ts;
    const title = channelTitle(this.session.channel(this.channel));
    this.threadNode.hidden = false;
    this.node.classList.add("has-thread");
    this.threadWhere.textContent = title;
    this.threadList.show(this.session.conversation(this.channel, ts), `Thread in ${title}`);
    this.threadComposer.show(this.channel, ts, "Reply in this thread");
    this.seen();
    if (focus) this.threadComposer.area.focus();
  }

  closeThread(refocus = true) {
    if (!this.thread) return;
    const ts = this.thread;
    this.threadComposer.keep();
    this.thread = null;
    this.threadNode.hidden = true;
    this.node.classList.remove("has-thread");
    this.seen();
    if (refocus) (this.list.log.querySelector(`[data-ts="${CSS.escape(ts)}"]`) ?? this.composer.area).focus();
  }

  // Writing

  /** Send what the channel's composer holds: a message, or a command. */
  async send(text, files) {
    const { session, channel } = this;
    const command = /^\/[\w-]+/.exec(text)?.[0];
    if (!command) {
      this.list.toEnd();
      if (await session.say(channel, null, text, files)) this.done("say", text);
      return;
    }
    const { commands, bot } = session.state;
    if (!commands.some((entry) => entry.command === command)) {
      throw new ApiError(
        commands.length
          ? `${command} isn't a command here; there are ${commands.map((entry) => entry.command).join(", ")}.`
          : `The app isn't installed in your workspace, so it has no commands here. Write @${bot.name} and what you need.`,
      );
    }
    await api.command({ as: session.as, channel, text });
    this.done("command", text);
  }

  async reply(text, files) {
    if (/^\/[\w-]+/.test(text))
      throw new ApiError("Commands don't work in threads, as in Slack. Send it in the channel.");
    if (await this.session.say(this.channel, this.thread, text, files)) this.done("reply", text);
  }

  // Blocks

  /** What blocks need, wherever they stand: `target` says where, `trouble` shows what went wrong there. */
  blocks(target, trouble, more) {
    const { session, stage } = this;
    const done = (label) => this.done("press", label);
    return { ...blockContext({ session, stage, now: this.page.now, target, trouble, done }), ...more };
  }

  messageContext(message) {
    const { ts, ephemeral } = message;
    const target = () => ({ channel: message.channel, ts, ...(ephemeral ? { ephemeral: true } : {}) });
    return this.blocks(target, (text) => this.say(text), { surface: "message" });
  }

  viewContext(view, fields, trouble) {
    // Files go along only when the form is sent: they may be large, and a form asks for options at each letter.
    const values = () => (view.type === "modal" ? { values: fields.values({ files: false }) } : {});
    return this.blocks(() => ({ view_id: view.id, ...values() }), trouble, { surface: view.type, fields });
  }

  /** Tell what went wrong, at the pane's foot; null takes it away. */
  say(text) {
    clearTimeout(this.noticeTimer);
    this.notice.hidden = !text;
    if (!text) return;
    fill(
      this.notice,
      icon("warning"),
      h("span", {}, text),
      h(
        "button",
        {
          type: "button",
          class: "icon-button icon-button--small",
          "aria-label": "Dismiss",
          on: { click: () => this.say(null) },
        },
        icon("close"),
      ),
    );
    this.noticeTimer = setTimeout(() => this.say(null), 9000);
  }
}
