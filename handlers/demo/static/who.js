/**
 * The bar that says who one is, with the ways to become somebody else and to use the app from anywhere.
 */

import { avatar, botAvatar } from "./avatars.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";

/** Everybody who can be played, by organization. */
function choices(session, become) {
  const playable = session.state.people.filter((person) => person.playable !== false);
  const groups = Map.groupBy(playable, (person) => session.affiliation(person).replace(/^guest/, "Guests"));
  return [...groups].flatMap(([group, members]) =>
    members.map((person) => ({
      label: person.name,
      detail: person.title,
      lead: avatar(person),
      group,
      checked: person.id === session.as,
      run: () => become(person.id),
    })),
  );
}

/**
 * Draw the bar.
 *
 * @param {HTMLElement} root
 * @param {import("./session.js").Session} session
 * @param {{offline: HTMLElement, become: (id: string) => void, run: (shortcut: Object) => void}} how `offline` says that
 *   the connection is broken
 */
export function renderWho(root, session, { offline, become, run }) {
  const { me, bot, shortcuts } = session.state;
  const title = [me.title, session.affiliation(me)].filter(Boolean).join(", ");
  const global = shortcuts.filter((shortcut) => shortcut.type === "global");
  fill(
    root,
    menuButton(
      { class: "who__button", label: `You are ${me.name}, ${title}. Change person` },
      () => choices(session, become),
      avatar(me, "large"),
      h(
        "span",
        { class: "who__words" },
        h(
          "span",
          { class: "who__name" },
          h("span", { class: "who__are" }, "You are "),
          me.name,
          icon("chevron"),
        ),
        h("span", { class: "who__title" }, title),
      ),
    ),
    offline,
    global.length > 0 &&
      menuButton(
        { class: "button button--quiet", label: "Shortcuts", align: "end" },
        () =>
          global.map((shortcut) => ({
            label: shortcut.name,
            detail: bot.name,
            lead: botAvatar("small"),
            run: () => run(shortcut),
          })),
        icon("bolt"),
        h("span", { class: "who__shortcuts" }, "Shortcuts"),
      ),
  );
}
