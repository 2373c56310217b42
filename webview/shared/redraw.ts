const drawn = new WeakMap<Element, string>();

/** Replaces what `target` shows, only if it changed: focus, scrolling and open details stay while a run goes on. */
export function redraw(target: Element, markup: string): boolean {
  if (drawn.get(target) === markup) return false;
  drawn.set(target, markup);
  target.innerHTML = markup;
  return true;
}
