import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { automaticChoice } from '../../../src/core/devices/automatic';
import {
  cacheFile,
  keepMeasurement,
  readMeasurement,
  rememberMeasurement,
} from '../../../src/core/devices/cache';
import { chooseEngine } from '../../../src/core/devices/choose';
import {
  measurementKey,
  measurementOf,
  threadCounts,
  type EngineMeasurement,
  type Measurement,
} from '../../../src/core/devices/measure';
import { runTrial, type TrialMessage } from '../../../src/core/devices/trial';

const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-devices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cpu: EngineMeasurement = { engine: 'cpu', speeds: { narrow: 50, wide: 5 }, threads: 4 };
const gpu = (narrow: number, wide: number, more: Partial<EngineMeasurement> = {}): EngineMeasurement => ({
  engine: 'webgpu',
  speeds: { narrow, wide },
  ...more,
});
const measured = (...engines: EngineMeasurement[]): Measurement => ({
  date: '2026-11-23T12:00:00.000Z',
  onnxruntime: '1.30.0',
  engines,
});

describe('chooseEngine', () => {
  const taken = (engines: EngineMeasurement[], width = 0.125): string =>
    chooseEngine(measured(...engines), width).engine;

  it('takes the fastest for the width of the model', () => {
    const both = [cpu, gpu(30, 40)];
    expect(taken(both)).toBe('cpu');
    expect(taken(both, 1)).toBe('webgpu');
    expect(taken([cpu, gpu(200, 40), { ...gpu(300, 30), engine: 'cuda' }])).toBe('cuda');
  });

  it('takes a GPU only when it is faster by more than noise', () => {
    expect(taken([cpu, gpu(52, 0)])).toBe('cpu');
    expect(taken([cpu, gpu(60, 0)])).toBe('webgpu');
  });

  it('takes no software adapter, nothing that failed, and TensorFlow only with a GPU', () => {
    expect(taken([cpu, gpu(90, 90, { software: true })])).toBe('cpu');
    expect(taken([cpu, gpu(90, 90, { failure: 'signal SIGSEGV' })])).toBe('cpu');
    const tensorflow = (name: string): EngineMeasurement => ({
      ...gpu(90, 90, { description: `TensorFlow (${name} 4.22.0)` }),
      engine: 'tensorflow',
    });
    expect(taken([cpu, tensorflow('@tensorflow/tfjs-node')])).toBe('cpu');
    expect(taken([cpu, tensorflow('@tensorflow/tfjs-node-gpu')])).toBe('tensorflow');
  });

  it('takes no engine that computes something else than the CPU', () => {
    const sure = { ...cpu, losses: { narrow: 0.5, wide: 0.25 } };
    const choose = (narrow: number) =>
      chooseEngine(measured(sure, gpu(90, 90, { losses: { narrow } })), 0.125);
    expect(choose(0.500001).engine).toBe('webgpu');
    for (const loss of [0.51, 0, -1]) {
      expect(choose(loss).engine).toBe('cpu');
      expect(choose(loss).reason).toContain('GPU through WebGPU: it computes something else than the CPU.');
      expect(choose(loss).warnings).toEqual([
        expect.stringContaining('computes something else than the CPU'),
      ]);
    }
  });

  it('takes the CPU where nothing could be measured', () => {
    expect(taken([])).toBe('cpu');
    expect(taken([{ engine: 'cpu', speeds: {}, failure: 'took longer than 5 s' }])).toBe('cpu');
  });

  it('uses the number of threads that was fastest', () => {
    expect(chooseEngine(measured(cpu), 0.125).threads).toBe(4);
  });

  it('says why, and warns of drivers that crash', () => {
    const software = chooseEngine(
      measured(cpu, gpu(0.5, 0, { software: true, drivers: [{ name: 'SwiftShader', software: true }] })),
      0.125,
    );
    expect(software.reason).toBe(
      'The CPU was taken: 50.0 steps a second in its trial. GPU through WebGPU: 0.500 steps a second in its trial, by a program on the CPU (SwiftShader).',
    );
    expect(software.warnings).toEqual([]);
    const crashed = chooseEngine(measured(cpu, gpu(0, 0, { failure: 'signal SIGSEGV' })), 0.125);
    expect(crashed.reason).toContain('its trial ended early (signal SIGSEGV)');
    expect(crashed.warnings).toEqual([
      expect.stringContaining('ended its trial by a fault (signal SIGSEGV)'),
    ]);
    const absent = chooseEngine(
      measured(cpu, gpu(0, 0, { missing: 'No adapter (x.y: z). Do this.' })),
      0.125,
    );
    expect(absent.reason).toMatch(/trial\. No adapter \(x\.y: z\)\.$/);
  });
});

describe('measurements', () => {
  const speed = (problem: 'narrow' | 'wide', stepsPerSecond: number, threads: number): TrialMessage => ({
    kind: 'speed',
    problem,
    stepsPerSecond,
    loss: 0.5,
    threads,
  });

  it('take fewer threads only when they are clearly faster', () => {
    const of = (fewer: number) =>
      measurementOf('cpu', { log: '', messages: [speed('narrow', 50, 16), speed('narrow', fewer, 8)] }, []);
    expect(of(52)).toMatchObject({ threads: 16, speeds: { narrow: 50 } });
    expect(of(70)).toMatchObject({ threads: 8, speeds: { narrow: 70 } });
    expect(threadCounts(2)).toEqual([2]);
    expect(threadCounts(16)).toEqual([16, 8]);
  });

  it('keep losses that are no numbers as wrong ones', () => {
    const lost = { ...speed('narrow', 3, 2), loss: null } as unknown as TrialMessage;
    expect(measurementOf('webgpu', { log: '', messages: [lost] }, []).losses).toEqual({ narrow: -1 });
  });

  it('keep what was told before a trial ended early', () => {
    const outcome = { log: '', messages: [speed('narrow', 3, 2)], failure: 'took longer than 6 s' };
    expect(measurementOf('webgpu', outcome, [])).toMatchObject({
      speeds: { narrow: 3 },
      failure: 'took longer than 6 s',
    });
  });

  it('hold for the same machine only', () => {
    const hardware = { onnxruntime: '1.30.0', adapters: [] };
    const key = measurementKey(hardware, {});
    expect(measurementKey(hardware, { HOME: '/elsewhere' })).toBe(key);
    expect(measurementKey({ ...hardware, onnxruntime: '1.31.0' }, {})).not.toBe(key);
    expect(measurementKey(hardware, { VK_ICD_FILENAMES: '/software.json' })).not.toBe(key);
    expect(measurementKey(hardware, { CLIMATE_CLUSTERING_CUDA: '/opt/ort' })).not.toBe(key);
    const adapter = { name: 'A', vendor: 'V', vendorId: 1, deviceId: 2 };
    expect(measurementKey({ ...hardware, adapters: [adapter] }, {})).not.toBe(key);
  });
});

describe('the cache', () => {
  it('is where the system keeps such files', () => {
    const end = path.join('climate-clustering', 'engines.json');
    expect(cacheFile({ XDG_CACHE_HOME: '/cache' }, 'linux')).toBe(path.join('/cache', end));
    expect(cacheFile({ XDG_CACHE_HOME: '/cache' }, 'darwin')).toContain(path.join('Library', 'Caches', end));
    expect(cacheFile({ LOCALAPPDATA: '/local' }, 'win32')).toBe(path.join('/local', end));
    expect(cacheFile({}, 'linux')).toContain(path.join('.cache', end));
  });

  it('remembers one measurement for each key, and forgets on demand', async () => {
    const at = path.join(folder, 'a', 'engines.json');
    await keepMeasurement('one', measured(cpu), at);
    await keepMeasurement('two', measured(cpu, gpu(1, 2)), at);
    expect(await readMeasurement('one', at)).toEqual(measured(cpu));
    expect((await readMeasurement('two', at))?.engines).toHaveLength(2);
    await keepMeasurement('one', undefined, at);
    expect(await readMeasurement('one', at)).toBeUndefined();
    expect(await readMeasurement('two', at)).toBeDefined();
    expect(readdirSync(path.dirname(at))).toEqual(['engines.json']);
  });

  it('does without a file that it does not understand, or cannot write', async () => {
    const at = path.join(folder, 'broken.json');
    writeFileSync(at, '{ "format": 1, "machines": { "one": ');
    expect(await readMeasurement('one', at)).toBeUndefined();
    await keepMeasurement('one', measured(cpu), at);
    expect(await readMeasurement('one', at)).toEqual(measured(cpu));
    await keepMeasurement('one', measured(cpu), path.join(at, 'below', 'a file'));
  });

  it('remembers nothing of a machine that was too busy to measure its CPU', async () => {
    const at = path.join(folder, 'busy.json');
    await rememberMeasurement('one', measured({ ...cpu, failure: 'took longer than 5 s' }), at);
    expect(await readMeasurement('one', at)).toBeUndefined();
  });
});

describe('trials', () => {
  const script = (name: string, body: string): string => {
    const file = path.join(folder, `${name}.js`);
    writeFileSync(file, `const request = JSON.parse(process.argv[2]);\n${body}`);
    return file;
  };
  const request = { task: 'measure', engine: 'webgpu' } as const;

  it('tell what they measure, and what was printed', async () => {
    const file = script(
      'good',
      "console.error('a log'); process.send({ kind: 'done', request }, () => process.exit());",
    );
    const outcome = await runTrial(request, 10, { script: file });
    expect(outcome).toEqual({ messages: [{ kind: 'done', request }], log: 'a log\n', failure: undefined });
  });

  it('keep what they told when they crash, fail or hang', async () => {
    const told = "process.send({ kind: 'engine', description: 'x' }, () => { END });";
    const ends = {
      crash: "process.kill(process.pid, 'SIGSEGV')",
      fail: 'process.exit(3)',
      hang: 'setInterval(() => {}, 1000)',
    };
    const outcomes = await Promise.all(
      Object.entries(ends).map(([name, end]) =>
        runTrial(request, name === 'hang' ? 1 : 10, { script: script(name, told.replace('END', end)) }),
      ),
    );
    expect(outcomes.map(({ failure }) => failure)).toEqual([
      'signal SIGSEGV',
      'exit code 3',
      'took longer than 1 s',
    ]);
    for (const { messages } of outcomes) expect(messages).toEqual([{ kind: 'engine', description: 'x' }]);
  });

  it('are done when they say so, however their process ends', async () => {
    const file = script(
      'late',
      "process.send({ kind: 'done' }, () => process.kill(process.pid, 'SIGSEGV'));",
    );
    expect((await runTrial(request, 10, { script: file })).failure).toBeUndefined();
  });

  it('are ended when nobody wants to know any more', async () => {
    const stop = new AbortController();
    const file = script('endless', 'setInterval(() => {}, 1000);');
    setTimeout(() => stop.abort(), 100);
    expect((await runTrial(request, 60, { script: file, signal: stop.signal })).failure).toBe('stopped');
    expect((await runTrial(request, 60, { script: file, signal: stop.signal })).failure).toBe('stopped');
  });

  it('say when their script is missing', async () => {
    expect((await runTrial(request, 1, { script: path.join(folder, 'none.js') })).failure).toMatch(
      /none\.js is missing/,
    );
  });
});

describe('automaticChoice', () => {
  /** A machine whose GPU is fast, or whose driver crashes. */
  const machine = (name: string, onGpu: string): string => {
    const file = path.join(folder, `${name}.js`);
    writeFileSync(
      file,
      `const request = JSON.parse(process.argv[2]);
       const tell = (...messages) => { for (const m of messages) process.send(m); process.disconnect(); };
       const speeds = (n) => ['narrow', 'wide'].map((problem) => ({ kind: 'speed', problem, stepsPerSecond: n, loss: 0.5 }));
       if (request.task === 'list') tell({ kind: 'runtime', onnxruntime: '${name}' }, { kind: 'done' });
       else if (request.engine === 'cpu') tell(...speeds(10), { kind: 'done' });
       else { ${onGpu} }`,
    );
    return file;
  };
  const options = (script: string) => {
    const log: string[] = [];
    const environment = { ...process.env, XDG_CACHE_HOME: folder, LOCALAPPDATA: folder };
    return { log, given: { script, environment, widthFactor: 0.125, log: (m: string) => log.push(m) } };
  };

  it('tries once, and remembers', async () => {
    const { log, given } = options(machine('fast', "tell(...speeds(100), { kind: 'done' });"));
    const first = await automaticChoice(given);
    expect(first.engine).toBe('webgpu');
    expect(first.reason).toMatch(
      /^The GPU through WebGPU was taken: 100 steps.*CPU: 10\.0 steps.*Measured on \d{4}-/,
    );
    expect(log).toHaveLength(1);
    const second = await automaticChoice(given);
    expect(second.engine).toBe('webgpu');
    expect(log).toHaveLength(1);
    await second.forget();
    await automaticChoice(given);
    expect(log).toHaveLength(2);
  });

  it('is the CPU, with a warning once, where the driver crashes', async () => {
    const { given } = options(machine('crashing', "process.kill(process.pid, 'SIGSEGV');"));
    const first = await automaticChoice(given);
    expect(first.engine).toBe('cpu');
    expect(first.warnings).toEqual([expect.stringContaining('SIGSEGV')]);
    expect((await automaticChoice(given)).warnings).toEqual([]);
  });

  it('remembers nothing of trials that were stopped', async () => {
    const { given } = options(machine('stopped', 'setInterval(() => {}, 1000);'));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 500);
    expect((await automaticChoice({ ...given, signal: stop.signal })).engine).toBe('cpu');
    const key = measurementKey({ onnxruntime: 'stopped', adapters: [] }, given.environment);
    expect(await readMeasurement(key, cacheFile(given.environment))).toBeUndefined();
  });

  it('is the CPU where nothing can be tried', async () => {
    const { given } = options(path.join(folder, 'none.js'));
    const choice = await automaticChoice(given);
    expect(choice).toMatchObject({ engine: 'cpu', warnings: [] });
    expect(choice.reason).toMatch(/no other engine could be tried \(.*none\.js is missing\)/);
  });
});
