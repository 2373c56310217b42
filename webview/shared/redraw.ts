const drawn = new WeakMap<Element, string>();

/**
 * Replaces what `target` shows, only if it changed: scrolling and open details stay while a run goes on. Focus stays on
 * the element that has the same `data-` attributes as before, or the same place in one that has; where that is gone,
 * `target` itself takes it, so that Tab goes on from there.
 */
export function redraw(target: Element, markup: string): boolean {
  if (drawn.get(target) === markup) return false;
  drawn.set(target, markup);
  const { activeElement } = document;
  const focused = activeElement !== target && target.contains(activeElement);
  const address = focusWithin(target);
  target.innerHTML = markup;
  if (focused) refocus(target, address);
  return true;
}

function refocus(target: Element, address: string | undefined): void {
  if (address) target.querySelector<HTMLElement>(address)?.focus({ preventScroll: true });
  if (target.contains(document.activeElement) || !(target instanceof HTMLElement)) return;
  if (!target.hasAttribute('tabindex')) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** A selector of the focused element, when it is inside of `target` and can be told by its data attributes. */
function focusWithin(target: Element): string | undefined {
  const focused = document.activeElement;
  if (!focused || focused === target || !target.contains(focused)) return undefined;
  for (let node: Element = focused; node !== target; node = node.parentElement!) {
    const keys = [...node.attributes].filter(({ name }) => name.startsWith('data-'));
    if (keys.length === 0) continue;
    const own = keys.map(({ name, value }) => `[${name}="${CSS.escape(value)}"]`).join('');
    return node === focused ? own : `${own} ${focused.localName}`;
  }
  return undefined;
}
