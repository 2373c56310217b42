/** Tables that are larger than their place can be reached and scrolled by the keyboard; those that fit are no stop of Tab. */

/** The heading or summary that tells what is in a scroller. */
function nameOf(scroller: Element): string {
  const summary = scroller.closest('details')?.querySelector('summary');
  const heading = summary ?? scroller.closest('section')?.querySelector('h2, h3');
  return heading?.textContent ?? '';
}

function update(scroller: HTMLElement): void {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = scroller;
  // A fraction of a pixel is no reason to scroll.
  const overflows = scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
  // Focus that is there stays there, even when the table has become smaller.
  if (!overflows && document.activeElement !== scroller) {
    scroller.removeAttribute('tabindex');
    scroller.removeAttribute('role');
    scroller.removeAttribute('aria-label');
  } else if (overflows) {
    scroller.tabIndex = 0;
    scroller.setAttribute('role', 'group');
    scroller.setAttribute('aria-label', nameOf(scroller));
  }
}

/** Watches the places of tables (`.scroll`, `.wide`) that are in `root` now and do not care for themselves. */
export function keepReachable(root: HTMLElement): void {
  for (const scroller of root.querySelectorAll<HTMLElement>(':is(.scroll, .wide):not([tabindex])')) {
    const resized = new ResizeObserver(() => update(scroller));
    resized.observe(scroller);
    // What is in it is written anew now and then.
    const watchContent = (): void => {
      for (const child of scroller.children) resized.observe(child);
    };
    new MutationObserver(watchContent).observe(scroller, { childList: true });
    watchContent();
  }
}
