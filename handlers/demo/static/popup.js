/**
 * Lists that float above everything: placed beside their control, in the browser's top layer.
 */

/**
 * Show `popup` (an element with `popover="manual"`) at `anchor`, and keep it there while either moves.
 *
 * @param {HTMLElement} popup
 * @param {HTMLElement} anchor
 * @param {{align?: "start"|"end", match?: boolean, above?: boolean, tallest?: number}} [how] `match` gives it the
 *   anchor's width; `above` prefers the space over it; `tallest` is its greatest height in px
 * @returns {() => void} hides it again
 */
export function showPopup(
  popup,
  anchor,
  { align = "start", match = false, above = false, tallest = 340 } = {},
) {
  const place = () => {
    const box = anchor.getBoundingClientRect();
    const gap = 4;
    const edge = 8;
    if (match) popup.style.width = `${Math.max(box.width, 200)}px`;
    popup.style.maxHeight = "";
    const height = popup.scrollHeight + 2;
    const below = innerHeight - box.bottom - gap - edge;
    const over = box.top - gap - edge;
    const up = above
      ? over >= Math.min(height, 160) || over > below
      : below < Math.min(height, 200) && over > below;
    const space = Math.max(up ? over : below, 80);
    popup.style.maxHeight = `${Math.min(space, tallest)}px`;
    const shown = Math.min(height, space, tallest);
    const left = align === "end" ? box.right - popup.offsetWidth : box.left;
    popup.style.left = `${Math.max(edge, Math.min(left, innerWidth - popup.offsetWidth - edge))}px`;
    popup.style.top = `${up ? box.top - gap - shown : box.bottom + gap}px`;
  };
  if (!popup.matches(":popover-open")) popup.showPopover();
  place();
  const follow = (event) => {
    if (!popup.contains(event.target)) place();
  };
  addEventListener("scroll", follow, true);
  addEventListener("resize", place);
  const watcher = new ResizeObserver(place);
  watcher.observe(popup);
  return () => {
    watcher.disconnect();
    removeEventListener("scroll", follow, true);
    removeEventListener("resize", place);
    if (popup.isConnected && popup.matches(":popover-open")) popup.hidePopover();
  };
}
