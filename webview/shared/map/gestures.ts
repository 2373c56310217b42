/** Pointer, wheel and keys on a map, as intentions. Coordinates are pixels from the element's upper left corner. */

export interface GestureHandlers {
  pan(dx: number, dy: number): void;
  zoom(factor: number, x: number, y: number): void;
  reset(): void;
  /** The pointer is over a pixel, or has left. */
  hover(x: number, y: number): void;
  leave(): void;
  /** Arrow keys: one step right or down is 1. */
  step(dx: number, dy: number): void;
  /** A click, or Enter. */
  activate(): void;
  /** Keys zoom about the middle. */
  zoomMiddle(factor: number): void;
}

/** Pixels that a pointer may tremble in a click. */
const CLICK = 4;

/**
 * Listens on a focusable element. A turn of the wheel zooms when it is meant for the map: with Ctrl or Cmd (a pinch on a
 * touch pad arrives so), or while the map has the focus; else the page scrolls. `wheel: 'always'` is for a page with
 * nothing to scroll.
 */
export function listen(element: HTMLElement, handlers: GestureHandlers, wheel: 'focused' | 'always'): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const place = (event: MouseEvent) => {
    const bounds = element.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) moved = 0;
  });
  element.addEventListener('pointermove', (event) => {
    const now = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) return handlers.hover(now.x, now.y);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (pointers.size === 1) {
      moved += Math.abs(dx) + Math.abs(dy);
      if (moved < CLICK) return;
      element.classList.add('dragged');
      handlers.pan(dx, dy);
    } else {
      moved = Infinity;
      const other = [...pointers].find(([id]) => id !== event.pointerId)![1];
      const distance = (p: { x: number; y: number }) => Math.max(8, Math.hypot(p.x - other.x, p.y - other.y));
      handlers.pan(dx / 2, dy / 2);
      handlers.zoom(distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    pointers.set(event.pointerId, now);
  });
  const end = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size > 0) return;
    element.classList.remove('dragged');
    if (event.type === 'pointerup' && moved < CLICK) handlers.activate();
  };
  element.addEventListener('pointerup', end);
  element.addEventListener('pointercancel', end);
  element.addEventListener('pointerleave', () => handlers.leave());
  element.addEventListener('dblclick', () => handlers.reset());
  element.addEventListener(
    'wheel',
    (event) => {
      const meant =
        event.ctrlKey || event.metaKey || wheel === 'always' || element.contains(document.activeElement);
      if (!meant) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const { x, y } = place(event);
      handlers.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), x, y);
    },
    { passive: false },
  );
  element.addEventListener('keydown', (event) => {
    if (event.target !== element || event.altKey || event.ctrlKey || event.metaKey) return;
    const far = event.shiftKey ? 10 : 1;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => handlers.step(-far, 0),
      ArrowRight: () => handlers.step(far, 0),
      ArrowUp: () => handlers.step(0, -far),
      ArrowDown: () => handlers.step(0, far),
      '+': () => handlers.zoomMiddle(1.4),
      '=': () => handlers.zoomMiddle(1.4),
      '-': () => handlers.zoomMiddle(1 / 1.4),
      '0': () => handlers.reset(),
      Enter: () => handlers.activate(),
      Escape: () => handlers.leave(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
