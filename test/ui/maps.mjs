/** What is on the canvases of the maps panel. */

/** Of each map with a text alternative: that text, whether it is on the screen, and how many colours it is drawn in. */
function drawnMaps(panel) {
  return panel.locator('figure.tile:not(.empty) canvas[role="img"][aria-label]').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas;
      const pixels =
        width && height
          ? new Uint32Array(canvas.getContext('2d').getImageData(0, 0, width, height).data.buffer)
          : [];
      const { top, bottom } = canvas.getBoundingClientRect();
      const visible = bottom > 0 && top < globalThis.innerHeight;
      return { label: canvas.getAttribute('aria-label'), visible, colours: new Set(pixels).size };
    }),
  );
}

/**
 * Waits until there are `count` maps of clusters, those on the screen in more than a few colours (the others are drawn
 * when they come into view). Resolves with their texts.
 */
export async function clusterMaps(workbench, count, timeout = 60_000) {
  for (const end = Date.now() + timeout; ;) {
    const drawn = (await drawnMaps(await workbench.panel('maps')).catch(() => [])).filter(({ label }) =>
      /cluster \d/i.test(label),
    );
    if (drawn.length >= count && drawn.every(({ visible, colours }) => !visible || colours > 10))
      return drawn.map(({ label }) => label);
    if (Date.now() > end) throw new Error(`The maps panel shows ${JSON.stringify(drawn)}.`);
    await workbench.page.waitForTimeout(200);
  }
}
