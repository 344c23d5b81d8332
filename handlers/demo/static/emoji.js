/**
 * Slack's emoji names for the characters a referral conversation uses.
 */

const EMOJI = {
  "+1": "👍",
  "-1": "👎",
  adhesive_bandage: "🩹",
  alarm_clock: "⏰",
  ambulance: "🚑",
  anatomical_heart: "🫀",
  arrow_right: "➡️",
  arrows_counterclockwise: "🔄",
  bar_chart: "📊",
  bell: "🔔",
  bookmark: "🔖",
  bulb: "💡",
  busts_in_silhouette: "👥",
  calendar: "📆",
  chart_with_upwards_trend: "📈",
  chart_with_downwards_trend: "📉",
  clap: "👏",
  clipboard: "📋",
  clock1: "🕐",
  clock3: "🕒",
  clock9: "🕘",
  date: "📅",
  door: "🚪",
  envelope: "✉️",
  exclamation: "❗",
  eyes: "👀",
  file_folder: "📁",
  fire: "🔥",
  handshake: "🤝",
  heart: "❤️",
  heavy_check_mark: "✔️",
  hospital: "🏥",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  house: "🏠",
  inbox_tray: "📥",
  incoming_envelope: "📨",
  information_source: "ℹ️",
  key: "🔑",
  large_blue_circle: "🔵",
  large_green_circle: "🟢",
  large_orange_circle: "🟠",
  large_yellow_circle: "🟡",
  link: "🔗",
  lock: "🔒",
  mag: "🔍",
  mailbox: "📫",
  mega: "📣",
  memo: "📝",
  no_entry: "⛔",
  ok_hand: "👌",
  outbox_tray: "📤",
  page_facing_up: "📄",
  paperclip: "📎",
  pencil: "📝",
  pencil2: "✏️",
  phone: "☎️",
  pill: "💊",
  point_right: "👉",
  pray: "🙏",
  pushpin: "📌",
  question: "❓",
  raised_hands: "🙌",
  raising_hand: "🙋",
  red_circle: "🔴",
  rotating_light: "🚨",
  round_pushpin: "📍",
  seedling: "🌱",
  slightly_frowning_face: "🙁",
  slightly_smiling_face: "🙂",
  smile: "😄",
  sparkles: "✨",
  speech_balloon: "💬",
  star: "⭐",
  stethoscope: "🩺",
  stopwatch: "⏱️",
  sun_with_face: "🌞",
  sunrise: "🌅",
  tada: "🎉",
  telephone_receiver: "📞",
  thumbsdown: "👎",
  thumbsup: "👍",
  trophy: "🏆",
  warning: "⚠️",
  wave: "👋",
  wheelchair: "♿",
  white_check_mark: "✅",
  white_circle: "⚪",
  x: "❌",
  zap: "⚡",
};

/**
 * The character of an emoji name, or null where it is not known.
 *
 * @param {string} name without colons
 * @param {string} [unicode] hyphenated code points, as rich text carries them
 */
export function emojiChar(name, unicode) {
  if (unicode && /^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(unicode)) {
    const points = unicode.split("-").map((point) => parseInt(point, 16));
    if (points.every((point) => point <= 0x10ffff)) return String.fromCodePoint(...points);
  }
  return Object.hasOwn(EMOJI, name) ? EMOJI[name] : null;
}

/** Text with its known `:names:` replaced by their characters. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]{1,40}):/g, (whole, name) => emojiChar(name) ?? whole);
}
