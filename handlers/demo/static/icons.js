/**
 * The page's own line icons, as inline SVG.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Paths on a 20 by 20 grid, drawn with a round 1.6 stroke. */
const PATHS = {
  alert: "M10 3.2 17.6 16.4H2.4zM10 8.2v3.6M10 14v.2",
  back: "M11.8 4.6 6.4 10l5.4 5.4",
  bell: "M5.4 13.4V9a4.6 4.6 0 0 1 9.2 0v4.4l1.2 1.4H4.2zM8.4 17h3.2",
  bolt: "M11 2.6 4.8 11.2h4.4L8.8 17.4l6.4-8.8h-4.6z",
  bookmark: "M5.4 3.4h9.2v13.2L10 13.2l-4.6 3.4z",
  check: "m4.4 10.6 3.6 3.8 7.6-8.6",
  chevron: "m5.4 7.8 4.6 4.6 4.6-4.6",
  clock: "M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4M10 6v4.3l2.8 1.7",
  close: "m5.2 5.2 9.6 9.6m0-9.6-9.6 9.6",
  columns: "M3 4.2h14v11.6H3zM10 4.2v11.6",
  compass: "M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4M12.8 7.2l-1.6 4-4 1.6 1.6-4z",
  dots: "M4.6 10h.2M10 10h.2M15.4 10h.2",
  down: "M10 4v11.2M5.4 10.8 10 15.4l4.6-4.6",
  edit: "M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2z",
  eye: "M2.4 10S5.2 5 10 5s7.6 5 7.6 5-2.8 5-7.6 5-7.6-5-7.6-5M10 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4",
  file: "M5 2.8h6.4L15 6.4v10.8H5zM11.2 2.8v3.8H15",
  forward: "M4 5v10l6-5zM10 5v10l6-5z",
  hash: "M7.8 3.4 6.2 16.6M13.8 3.4l-1.6 13.2M3.8 7.4h13M3.2 12.6h13",
  home: "M3.4 9.4 10 3.6l6.6 5.8M5.2 8.4v8h9.6v-8",
  info: "M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4M10 9.4v4M10 6.6v.2",
  link: "M8.4 11.6a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 1 0-4.2-4.2L9.8 6M11.6 8.4a3 3 0 0 0-4.2 0L4.8 11A3 3 0 1 0 9 15.2l1.2-1.2",
  menu: "M3.4 5.6h13.2M3.4 10h13.2M3.4 14.4h13.2",
  paperclip:
    "m15.8 9.4-5.6 5.6a3.6 3.6 0 0 1-5.2-5.2l6.2-6a2.4 2.4 0 0 1 3.4 3.4l-6 6a1.2 1.2 0 0 1-1.8-1.8l5.2-5",
  person: "M10 3.4a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4M3.8 16.8a6.2 6.2 0 0 1 12.4 0",
  phone:
    "M5 3.4h3l1.2 3.4-1.6 1.4a9 9 0 0 0 4.2 4.2l1.4-1.6 3.4 1.2v3c0 .8-.6 1.4-1.4 1.4A12 12 0 0 1 3.6 4.8C3.6 4 4.2 3.4 5 3.4",
  play: "M6 4.2 15.4 10 6 15.8z",
  plus: "M10 4v12M4 10h12",
  refresh: "M15.8 8.4A6.2 6.2 0 1 0 16 11.6M16.2 4v4.4h-4.4",
  search: "M8.8 3.4a5.4 5.4 0 1 1 0 10.8 5.4 5.4 0 0 1 0-10.8M12.8 12.8l4 4",
  send: "M3.2 10 17 3.4 12.4 17 9.6 11.2zM9.6 11.2 17 3.4",
  share: "M7.4 12.6 12.6 7.4M8.6 7.4h4v4M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4",
  star: "m10 3 2.2 4.6 5 .7-3.6 3.5.9 5-4.5-2.4-4.5 2.4.9-5L2.8 8.3l5-.7z",
  thread: "M3.4 4.2h13.2v9H9.4l-3.8 3v-3H3.4zM6.4 7.4h7.2M6.4 10.2h4.6",
  thumbDown:
    "M6.6 11.4V4H4v7.4zM6.6 4h6.8c.8 0 1.4.5 1.6 1.3l1 4.3c.2.9-.5 1.8-1.5 1.8h-3.3l.6 3c.2 1-.5 2-1.5 2h-.3L6.6 11.4",
  thumbUp:
    "M6.6 8.6V16H4V8.6zM6.6 16h6.8c.8 0 1.4-.5 1.6-1.3l1-4.3c.2-.9-.5-1.8-1.5-1.8h-3.3l.6-3c.2-1-.5-2-1.5-2h-.3L6.6 8.6",
  trash: "M4 5.6h12M8 5.6V3.8h4v1.8M5.6 5.6l.8 11h7.2l.8-11",
  warning: "M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4M10 6.2v4.6M10 13.4v.2",
};

/** Names that Slack uses for the icons of `icon_button`, and ours for them. */
const ALIASES = {
  add: "plus",
  calendar: "clock",
  download: "down",
  flag: "bookmark",
  user: "person",
  x: "close",
};

/**
 * An icon, hidden from assistive technology (its control carries the name).
 *
 * @param {string} name a key of `PATHS`, or an alias; unknown names draw a dot row
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon--${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS[ALIASES[name]] ?? PATHS.dots);
  svg.append(path);
  return svg;
}

/** The bot's mark: two people's dots joined by one line, in a speech bubble. */
export function botMark() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 36 36");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "bot-mark");
  const shapes = [
    [
      "path",
      {
        class: "bot-mark__bubble",
        d: "M0 9a9 9 0 0 1 9-9h18a9 9 0 0 1 9 9v18a9 9 0 0 1-9 9H9a9 9 0 0 1-9-9z",
      },
    ],
    ["path", { class: "bot-mark__line", d: "M10.5 22.5c3.5-9 11.5 0 15-9" }],
    ["circle", { class: "bot-mark__dot", cx: 10.5, cy: 22.5, r: 3.6 }],
    ["circle", { class: "bot-mark__dot", cx: 25.5, cy: 13.5, r: 3.6 }],
  ];
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, String(value));
    svg.append(shape);
  }
  return svg;
}
