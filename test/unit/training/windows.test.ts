import { describe, expect, it } from 'vitest';
import { resolveHyperParameters } from '../../../src/core/config';
import { architectureFor } from '../../../src/core/model/architecture';
import { Random } from '../../../src/core/random';
import { Memory } from '../../../src/core/training/memory';
import { phaseOf, scheduleAt, totalEpochs } from '../../../src/core/training/schedules';
import { Windows } from '../../../src/core/training/windows';
import { framesOf } from './helpers';

const h = resolveHyperParameters({ 'window.length': 4, 'window.batch': 3, clusters: 3 });
const [n, variables, height, width] = [37, 2, 5, 3];

async function example(): Promise<{ windows: Windows; values: Float32Array; valid: Uint8Array }> {
  const r = new Random(1);
  const cells = variables * height * width;
  const values = Float32Array.from({ length: n * cells }, () => r.uniform());
  const valid = new Uint8Array(cells).fill(1);
  valid[4] = 0;
  const a = architectureFor({ n, variables, height, width }, h);
  const windows = await Windows.create(framesOf({ values, valid, variables, height, width }), a);
  return { windows, values, valid };
}

describe('windows', () => {
  it('standardise valid cells, pad, and lay the batch out time-major', async () => {
    const { windows, values, valid } = await example();
    const cells = variables * height * width;
    const means = Array.from({ length: cells }, (_, j) => {
      let sum = 0;
      for (let t = 0; t < n; t++) sum += values[t * cells + j];
      return sum / n;
    });
    let variance = 0;
    for (let t = 0; t < n; t++) {
      for (let j = 0; j < cells; j++) if (valid[j]) variance += (values[t * cells + j] - means[j]) ** 2;
    }
    const deviation = Math.sqrt(variance / (n * (cells - 1)));
    expect(windows.deviation).toBeCloseTo(deviation, 5);

    const starts = [0, 7, n - 4];
    const fetched = await windows.fetch(starts);
    const [batch, times] = [fetched.clean(), fetched.times];
    expect([...times]).toEqual([0, 7, 33, 1, 8, 34, 2, 9, 35, 3, 10, 36]);
    for (let i = 0; i < times.length; i++) {
      for (let c = 0; c < variables; c++) {
        for (let y = 0; y < 16; y++) {
          for (let x = 0; x < 16; x++) {
            const j = (c * height + y) * width + x;
            const inside = y < height && x < width && valid[j];
            const expected = inside ? (values[times[i] * cells + j] - means[j]) / deviation : 0;
            expect(batch[((i * variables + c) * 16 + y) * 16 + x]).toBeCloseTo(expected, 4);
          }
        }
      }
    }
  });

  it('shift without wrapping: what enters at the edges is zero', async () => {
    const { windows } = await example();
    const batch = await windows.fetch([5]);
    const plain = batch.clean();
    const shifted = batch.augmented({ noise: 0, shift: 1 }, new Random(4));
    const r = new Random(4);
    const [dy, dx] = [r.integer(3) - 1, r.integer(3) - 1];
    expect([dy, dx]).not.toEqual([0, 0]);
    for (let c = 0; c < variables; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const inside = y - dy >= 0 && y - dy < height && x - dx >= 0 && x - dx < width;
          const from = (c * 16 + y - dy) * 16 + x - dx;
          expect(shifted[(c * 16 + y) * 16 + x]).toBe(inside ? plain[from] : 0);
        }
      }
    }
  });

  it('adds noise of the given size at cells with data only', async () => {
    const { windows } = await example();
    const batch = await windows.fetch([0, 1, 2]);
    const plain = batch.clean();
    const noisy = batch.augmented({ noise: 0.5, shift: 0 }, new Random(4));
    let sum = 0;
    let count = 0;
    noisy.forEach((value, i) => {
      if (windows.mask[i % windows.frameSize]) {
        sum += (value - plain[i]) ** 2;
        count++;
      } else expect(value).toBe(0);
    });
    expect(Math.sqrt(sum / count)).toBeCloseTo(0.5, 1);
  });

  it('cover the series, and an epoch visits every step at every place in a window over time', async () => {
    const { windows } = await example();
    const covered = new Set<number>();
    for await (const { times } of windows.read(windows.cover(2))) times.forEach((t) => covered.add(t));
    expect(covered.size).toBe(n);
    const r = new Random(8);
    const places = new Set<string>();
    for (let epoch = 0; epoch < 300; epoch++) {
      for await (const { starts, times } of windows.read(windows.epoch(r, 100))) {
        expect(starts).toHaveLength(3);
        times.forEach((t, i) => places.add(`${t} ${Math.floor(i / 3)}`));
      }
    }
    // All but the corners that no window inside the series can reach.
    expect(places.size).toBe(4 * (n - 3));
    expect(windows.epoch(r, 2)).toHaveLength(2);
  });
});

describe('schedules', () => {
  const settings = resolveHyperParameters({
    'training.warmupEpochs': 10,
    'training.jointEpochs': 5,
    'training.adversarialEpochs': 15,
  });
  it('go through the three phases', () => {
    expect(totalEpochs(settings)).toBe(30);
    expect([0, 9, 10, 14, 15, 29].map((epoch) => phaseOf(epoch, settings))).toEqual([
      'warm-up',
      'warm-up',
      'joint',
      'joint',
      'adversarial',
      'adversarial',
    ]);
  });
  it('open the terms and harden the assignments', () => {
    const [warmup, joint, end] = [
      scheduleAt(5, settings),
      scheduleAt(10, settings),
      scheduleAt(30, settings),
    ];
    expect(warmup['weight.target']).toBe(0);
    expect(warmup.skip).toBe(0);
    expect(joint.temperature).toBeCloseTo(settings['schedule.temperatureStart']);
    expect(end.temperature).toBeCloseTo(settings['schedule.temperatureEnd']);
    expect(joint['weight.balance']).toBe(0);
    expect(end['weight.balance']).toBeCloseTo(settings['loss.balance']);
    expect(joint['weight.adversarial']).toBe(0);
    expect(end.learningRate).toBeCloseTo(0.1 * settings['training.learningRate']);
  });
});

describe('the memory of the temporal contrast', () => {
  it('marks neighbours as near, and neither the frame itself nor others', () => {
    const memory = new Memory(40, 2, 1000, 3, 12);
    const { positive } = memory.contrast([20], new Random(1));
    const of = (x: Float32Array): number[] => [...x.keys()].filter((j) => x[j] === 1);
    expect(of(positive)).toEqual([17, 18, 19, 21, 22, 23]);
  });

  it('holds all neighbours of a batch when it is only a part of a long series', () => {
    const memory = new Memory(5000, 1, 100, 2, 6);
    for (let t = 0; t < 5000; t++) memory.rows[t] = t;
    const batch = memory.contrast([10, 11, 2000, 2001, 4998, 4999], new Random(1));
    const times = [...batch.memory];
    expect(new Set(times).size).toBe(100);
    for (const t of [8, 9, 10, 11, 12, 13, 1998, 2003, 4996, 4999]) expect(times).toContain(t);
  });

  it('moves half-way from what it remembers', () => {
    const memory = new Memory(3, 2, 16, 1, 3);
    memory.fill(Float32Array.of(1, 1, 2, 2, 3, 3));
    memory.update([1], Float32Array.of(4, -2));
    expect([...memory.rows]).toEqual([1, 1, 3, 0, 3, 3]);
  });
});
