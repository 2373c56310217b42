import { describe, expect, it } from 'vitest';
import { problemLike, problems, type Problem } from '../../../src/core/devices/problems';
import { measureSpeed, trialStep } from '../../../src/core/devices/speed';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';

describe('the trial of an engine', () => {
  it('takes a real step: the loss falls', async () => {
    const engine = await createOnnxEngine({ threads: 1 });
    const { step, state: initial, inputs } = trialStep('narrow');
    const state = await engine.createState(initial);
    const compiled = await engine.compile(step, state);
    const losses = [];
    for (let i = 0; i < 3; i++) losses.push((await compiled.run(inputs)).loss.data[0]);
    expect(losses[0]).toBeGreaterThan(losses[1]);
    expect(losses[1]).toBeGreaterThan(losses[2]);
    expect((await state.read(['bias'])).bias.data).not.toEqual(initial.bias.data);
    compiled.dispose();
    state.dispose();
  });

  it.each(Object.keys(problems) as Problem[])(
    'tells speed and first loss of the %s problem',
    async (problem) => {
      const { stepsPerSecond, loss } = await measureSpeed(
        await createOnnxEngine({ threads: 1 }),
        problem,
        0.01,
      );
      expect(stepsPerSecond).toBeGreaterThan(0);
      expect(loss).toBeGreaterThan(0);
      expect(loss).toBeLessThan(1);
    },
  );

  it('is like the run that is to come', () => {
    expect([0.03125, 0.125, 0.25, 0.5, 2].map(problemLike)).toEqual([
      'narrow',
      'narrow',
      'narrow',
      'wide',
      'wide',
    ]);
  });
});
