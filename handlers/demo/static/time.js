/**
 * Times as people read them, in a given IANA zone.
 */

const formats = new Map();

/** A cached `Intl.DateTimeFormat` for en-US in `zone`. */
function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }));
  return formats.get(key);
}

/** `9:41 AM` */
export function clockTime(date, zone) {
  return format(zone, { hour: "numeric", minute: "2-digit" }).format(date);
}

/** `Tue, Nov 24` */
export function shortDate(date, zone) {
  return format(zone, { weekday: "short", month: "short", day: "numeric" }).format(date);
}

/** `Tuesday, November 24, 2026 at 9:41:07 AM CST`: for titles. */
export function fullTime(date, zone) {
  return format(zone, {
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(date);
}

/** The zone's short name at that time: `CST`. */
export function zoneName(date, zone) {
  const parts = format(zone, { timeZoneName: "short" }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** A key that is the same for all times of one calendar day in `zone`: `2026-11-24`. */
export function dayKey(date, zone) {
  const parts = Object.fromEntries(
    format(zone, { year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(date)
      .map((p) => [p.type, p.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** Whole calendar days from `date` to `now` in `zone` (0 today, 1 yesterday, -1 tomorrow). */
function daysAgo(date, now, zone) {
  return Math.round((Date.parse(dayKey(now, zone)) - Date.parse(dayKey(date, zone))) / 86_400_000);
}

/** `Today`, `Yesterday`, or `Monday, November 23` */
export function dayLabel(date, now, zone) {
  const ago = daysAgo(date, now, zone);
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  return format(zone, { weekday: "long", month: "long", day: "numeric" }).format(date);
}

/** `today at 9:41 AM`, `Nov 20 at 9:41 AM`: inside a sentence. */
export function relativeTime(date, now, zone) {
  const ago = daysAgo(date, now, zone);
  const named = { 0: "today", 1: "yesterday", [-1]: "tomorrow" }[ago];
  const day = named ?? format(zone, { month: "short", day: "numeric" }).format(date);
  return `${day} at ${clockTime(date, zone)}`;
}

/** How long ago, roughly: `just now`, `5 minutes ago`, `in 2 days`. */
function ago(date, now) {
  const seconds = Math.round((date - now) / 1000);
  const words = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
  const steps = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

/**
 * Slack's date tokens (`{date_short_pretty} at {time}`) in the reader's zone.
 *
 * @param {number} seconds Unix time
 * @param {string} template text with tokens; unknown ones stay as they are
 * @param {{zone: string, now: () => Date}} ctx
 */
export function slackDate(seconds, template, ctx) {
  const date = new Date(seconds * 1000);
  const write = (options) => format(ctx.zone, options).format(date);
  const pretty = (options) =>
    ({ 0: "today", 1: "yesterday", [-1]: "tomorrow" })[daysAgo(date, ctx.now(), ctx.zone)] ?? write(options);
  const short = { month: "short", day: "numeric", year: "numeric" };
  const plain = { month: "long", day: "numeric", year: "numeric" };
  const long = { weekday: "long", ...plain };
  const tokens = {
    date_num: () => dayKey(date, ctx.zone),
    date_slash: () => write({ month: "2-digit", day: "2-digit", year: "numeric" }),
    date: () => write(plain),
    date_pretty: () => pretty(plain),
    date_short: () => write(short),
    date_short_pretty: () => pretty(short),
    date_long: () => write(long),
    date_long_pretty: () => pretty(long),
    day_divider_pretty: () => pretty({ weekday: "long", month: "long", day: "numeric" }),
    time: () => clockTime(date, ctx.zone),
    time_secs: () => write({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(date, ctx.now()),
  };
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in tokens ? tokens[name]() : whole));
}
