import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../../../src/core/results/runJson';
import { TrainerHost } from '../../../src/trainer/host';
import { interruptAt } from './frozen';
import { expectSame, expectWhole } from './sameRun';
import { buildTrainer, removeAll, smallRun, trainerScript } from './smallRun';

const canLimit = process.platform === 'linux' && existsSync('/usr/bin/prlimit');

describe.skipIf(!canLimit)('a trainer that gets no more memory (needs Linux and prlimit)', () => {
  let host: TrainerHost;
  beforeAll(buildTrainer);
  afterEach(() => host.dispose());
  afterAll(removeAll);

  it('is interrupted with a word on memory, and resumes where there is some', async () => {
    const create = (): TrainerHost =>
      (host = new TrainerHost({ isolation: 'process', entry: trainerScript }));
    const reference = await create().cluster(smallRun('unlimited'));
    const config = smallRun('limited');
    const { error, directory } = await interruptAt(({ epochs }) => epochs === 0, config.out!, trainerScript, {
      begin: (progress) => create().cluster(config, { progress }),
      act: limitToWhatItHas,
    });
    // Whether V8, ONNX Runtime or the C++ library is the first to ask for more, or to use what it did not get.
    expect(error.message).toMatch(/^Memory ran out \(|too little memory/);
    expect(error.message).toContain('The run can be resumed from its last checkpoint');
    expect((await readRun(directory!)).state).toBe('interrupted');
    await expectWhole(directory!);
    await create().resume(directory!);
    await expectSame(directory!, reference.runDirectory);
  });
});

/** No page more than the process has mapped now. */
function limitToWhatItHas(pid: number): void {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = 1024 * Number(/VmSize:\s+(\d+)/.exec(status)![1]);
  execFileSync('/usr/bin/prlimit', ['--pid', String(pid), `--as=${bytes}`]);
}
