import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { barLine, logLine, progressDisplay } from '../../../src/cli/progressDisplay';
import type { Progress } from '../../../src/core/progress';

const snapshot = (change: Partial<Progress> = {}): Progress => ({
  runDirectory: '/runs/1',
  engine: 'cpu',
  phase: 'joint',
  epoch: 75,
  epochs: 150,
  step: 0,
  steps: 40,
  secondsLeft: 61,
  history: [
    { epoch: 73, phase: 'joint', seconds: 1, losses: { total: 9, kl: 9 } },
    { epoch: 74, phase: 'joint', seconds: 1, losses: { total: 0.1234, kl: 0.05 } },
  ],
  clusters: 7,
  times: [],
  labelling: 0,
  ...change,
});

describe('the bar', () => {
  it('shows phase, epochs, time left and the losses of the last epoch', () => {
    expect(barLine(snapshot(), 120)).toBe(
      'joint       [############------------] 75/150 epochs, 1:01 left, total 0.1234, kl 0.05000',
    );
  });

  it('fits the terminal, leaving out losses rather than cutting them', () => {
    for (let width = 20; width < 120; width++) {
      expect(barLine(snapshot(), width).length).toBeLessThanOrEqual(width);
    }
    expect(barLine(snapshot(), 80)).toMatch(/1:01 left, total 0\.1234$/);
  });

  it('is the phase alone before the training', () => {
    expect(barLine(snapshot({ phase: 'reading', epoch: 0, epochs: 0, history: [] }), 80)).toBe('reading');
  });
});

it('a line of a log says the same', () => {
  expect(logLine(snapshot())).toBe('joint: epoch 75 of 150, 1:01 left, total 0.1234, kl 0.05000');
  expect(logLine(snapshot({ phase: 'reading', epoch: 0, epochs: 0, history: [] }))).toBe('reading');
});

/** A stream that keeps what is written. */
function recorder(isTTY: boolean): { stream: WriteStream; text: () => string } {
  let written = '';
  const stream = { isTTY, columns: 80, write: (text: string) => ((written += text), true) };
  return { stream: stream as unknown as WriteStream, text: () => written };
}

describe('where it is shown', () => {
  it('a terminal gets one line that is redrawn, messages above it, and nothing at the end', () => {
    const { stream, text } = recorder(true);
    const display = progressDisplay(stream);
    display.update(snapshot());
    display.say('warning: something');
    display.end();
    const bar = barLine(snapshot(), 79);
    expect(text()).toBe(`\r\u001b[K${bar}\r\u001b[Kwarning: something\n${bar}\r\u001b[K`);
  });

  it('a file gets a line for each phase, without control characters, and not one for every snapshot', () => {
    const { stream, text } = recorder(false);
    const display = progressDisplay(stream);
    display.update(snapshot({ phase: 'reading', epoch: 0, epochs: 0, history: [] }));
    for (let step = 0; step < 40; step++) display.update(snapshot({ step }));
    for (let epoch = 76; epoch < 90; epoch++) display.update(snapshot({ epoch }));
    display.end();
    expect(text()).toBe(`reading\n${logLine(snapshot())}\n`);
  });
});
