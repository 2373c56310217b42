import { describe, expect, it } from 'vitest';
import { defaultHyperParameters } from '../../../src/core/config';
import type { ChooseRequest } from '../../../src/core/choose/chooseForFiles';
import { chooseInProcess } from '../../../src/trainer/choices';
import { bundledStandIn } from './bundledStandIn';

const { entry } = bundledStandIn('choices');

const request = (what: string): ChooseRequest => ({
  config: {
    files: [what],
    select: {},
    seed: 1,
    memoryLimit: 1000,
    hyperParameters: defaultHyperParameters(),
  },
});

describe('a choice in a process of its own', () => {
  it('reports its share and its result', async () => {
    const shares: number[] = [];
    const choice = await chooseInProcess(
      request('finish'),
      { progress: (share) => shares.push(share) },
      { entry },
    );
    expect(choice).toEqual({ most: 1 });
    expect(shares).toEqual([0.5]);
  });

  it('passes on what is wrong with the data', async () => {
    await expect(chooseInProcess(request('user error'), {}, { entry })).rejects.toMatchObject({
      name: 'UserError',
      message: 'The file is empty.',
    });
  });

  it('says so when the process is lost', async () => {
    await expect(chooseInProcess(request('exit'), {}, { entry })).rejects.toMatchObject({
      name: 'InterruptedError',
      message: expect.stringContaining('exit code 3') as string,
    });
  });

  it.each(['endless', 'deaf'])('ends when it is cancelled, also one that is %s', async (what) => {
    const stop = new AbortController();
    const work = chooseInProcess(
      request(what),
      { signal: stop.signal, progress: () => stop.abort() },
      { entry, patience: 300 },
    );
    await expect(work).rejects.toMatchObject({ name: 'CancelledError' });
    await expect(chooseInProcess(request(what), { signal: stop.signal }, { entry })).rejects.toMatchObject({
      name: 'CancelledError',
    });
  });
});
