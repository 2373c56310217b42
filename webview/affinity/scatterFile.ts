/** The embedding as one picture, to be saved. */
import { coordinate, element } from '../shared/markup';
import { type Embedding, type ScatterLayout, type ScatterStyle, drawScatterAxes, groupDots } from './scatter';

/** Points are shapes unless `image`, a data URI as large as the picture, has them as pixels. */
export function drawScatterFile(
  embedding: Embedding,
  layout: ScatterLayout,
  { line, throughTime, cluster }: ScatterStyle,
  image?: string,
): string {
  const { width, height, pixels, radius } = layout;
  const at = (i: number): string => `${coordinate(pixels[2 * i])},${coordinate(pixels[2 * i + 1])}`;
  const dots = groupDots(embedding, cluster).map(({ color, opacity, steps }) =>
    element(
      'g',
      { fill: color, 'fill-opacity': opacity },
      ...steps.map((i) => element('circle', { cx: pixels[2 * i], cy: pixels[2 * i + 1], r: radius })),
    ),
  );
  const path = `M${Array.from(embedding.labels, (_, i) => at(i)).join('L')}`;
  return element(
    'svg',
    { class: 'axes', width, height, viewBox: `0 0 ${width} ${height}` },
    ...(image !== undefined
      ? [element('image', { width, height, href: image })]
      : [
          throughTime
            ? element('path', {
                d: path,
                fill: 'none',
                stroke: line,
                'stroke-width': 0.7,
                'stroke-opacity': 0.5,
              })
            : '',
          ...dots,
        ]),
    drawScatterAxes(embedding, layout),
  );
}
