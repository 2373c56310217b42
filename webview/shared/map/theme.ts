/** The theme's colours, for canvases. */
import type { Rgb } from './colorTables';
import type { Ink } from './overlay';

export interface MapTheme {
  readonly ink: Ink;
  /** Cells without a value: a neutral grey with hatching. */
  readonly missing: Rgb;
  readonly hatch: Rgb;
}

export function readTheme(element: Element): MapTheme {
  const style = getComputedStyle(element);
  const classes = document.body.classList;
  const light = classes.contains('vscode-light') || classes.contains('vscode-high-contrast-light');
  const background = getComputedStyle(document.body).backgroundColor;
  return {
    ink: { text: style.color, font: style.fontFamily, background },
    missing: light ? [226, 226, 226] : [62, 62, 62],
    hatch: light ? [188, 188, 188] : [98, 98, 98],
  };
}

/** Calls back whenever VS Code's theme has changed. */
export function onThemeChange(changed: () => void): void {
  new MutationObserver(changed).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'style'],
  });
  new MutationObserver(changed).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['class', 'style'],
  });
}
