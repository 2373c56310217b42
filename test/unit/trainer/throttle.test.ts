import { expect, it } from 'vitest';
import type { Phase, Progress } from '../../../src/core/progress';
import { ProgressThrottle } from '../../../src/trainer/throttle';

it('sends the first snapshot of a phase at once, others when they are due, the last one when flushed', () => {
  const sent: number[] = [];
  let time = 0;
  const throttle = new ProgressThrottle(
    (snapshot) => sent.push(snapshot.step),
    250,
    () => time,
  );
  const push = (at: number, step: number, phase: Phase) => {
    time = at;
    throttle.push({ step, phase } as Progress);
  };
  push(0, 1, 'warm-up');
  push(100, 2, 'warm-up');
  push(249, 3, 'warm-up');
  push(250, 4, 'warm-up');
  push(260, 5, 'warm-up');
  push(270, 6, 'joint');
  push(280, 7, 'joint');
  expect(sent).toEqual([1, 4, 6]);
  throttle.flush();
  throttle.flush();
  expect(sent).toEqual([1, 4, 6, 7]);
});
