import { describe, expect, it } from 'vitest';
import {
  drawLossChart,
  drawLosses,
  lossSeries,
  lossTable,
  phaseStarts,
} from '../../../webview/metrics/losses';
import { drawMetrics } from '../../../webview/metrics/metrics';
import { running } from './recorded';

describe('metrics and losses', () => {
  it('are the same pictures for the same data', () => {
    expect(drawMetrics(running)).toMatchSnapshot('metrics');
    expect(drawLosses(running)).toMatchSnapshot('losses');
  });

  it('have all their rows from the start', () => {
    const rows = (markup: string): number => markup.split('<tr').length;
    expect(rows(drawMetrics({ metrics: null }))).toBe(rows(drawMetrics(running)));
  });

  it('put a term that comes later at its own epochs', () => {
    const [total, , target] = lossSeries(running.history);
    expect(total.points).toHaveLength(3);
    expect(target).toEqual({ name: 'target', points: [{ epoch: 3, value: 0.1 }] });
    expect(phaseStarts(running.history)).toEqual([2]);
    expect(lossTable(running)).toContain('<td class="figure">–</td>');
  });

  it('use a logarithmic scale for values that span decades', () => {
    const points = [1, 0.1, 0.001].map((value, i) => ({ epoch: i, value }));
    const y = (svg: string): number => Number(/cy="([\d.]+)"/.exec(svg)![1]);
    const middle = drawLossChart({ name: 'a', points: [...points, { epoch: 3, value: 0.0316 }] }, 4, []);
    // The geometric mean of 0.001 and 1 lies in the middle between the top (8) and the bottom (100).
    expect(y(middle)).toBeCloseTo(54, 0);
  });
});
