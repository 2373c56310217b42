import type { EngineMeasurement, Measurement } from './measure';
import { problemLike, type Problem } from './problems';
import type { TrialEngine } from './trial';

/** What `auto` takes for a run. */
export interface Choice {
  readonly engine: TrialEngine;
  /** Threads of the CPU; all processors when undefined. */
  readonly threads?: number;
  /** A sentence for people. */
  readonly reason: string;
  /** What went wrong with others and a person should know: a driver that crashes. */
  readonly warnings: readonly string[];
}

export const engineTitles: Readonly<Record<TrialEngine, string>> = {
  cpu: 'CPU',
  webgpu: 'GPU through WebGPU',
  cuda: 'GPU through CUDA',
  tensorflow: 'TensorFlow',
};

/** Another engine must be faster than the CPU by this factor, to be worth a driver's risks. */
const CLEARLY = 1.1;

/** The fastest engine on a problem like a run with this width factor. Software adapters and engines that failed lose. */
export function chooseEngine(measurement: Measurement, widthFactor: number): Choice {
  const problem = problemLike(widthFactor);
  const cpu = measurement.engines.find(({ engine }) => engine === 'cpu');
  const speedOf = (measured: EngineMeasurement): number => measured.speeds[problem] ?? 0;
  const others = measurement.engines.filter(({ engine }) => engine !== 'cpu');
  const able = others.filter(
    (measured) =>
      !isWrong(measured, cpu) &&
      !measured.software &&
      measured.failure === undefined &&
      isOnGpu(measured) &&
      speedOf(measured) > 0,
  );
  const [fastest] = able.sort((a, b) => speedOf(b) - speedOf(a));
  const taken = fastest && (!cpu || speedOf(fastest) > CLEARLY * speedOf(cpu)) ? fastest : cpu;
  const rest = [...(cpu ? [cpu] : []), ...others].filter((measured) => measured !== taken);
  return {
    engine: taken?.engine ?? 'cpu',
    threads: taken?.engine === 'cpu' && problem === 'narrow' ? taken.threads : undefined,
    reason: [
      `The ${engineTitles[taken?.engine ?? 'cpu']} was taken${taken ? `: ${inTrial(speedOf(taken))}` : ''}.`,
      ...rest
        .filter(({ missing }) => !isUnset(missing))
        .map((measured) => lost(measured, speedOf(measured), isWrong(measured, cpu))),
    ].join(' '),
    warnings: others.flatMap((measured) => {
      const { engine, failure = '' } = measured;
      const fault = isWrong(measured, cpu)
        ? 'computes something else than the CPU'
        : /^(signal|exit)/.test(failure)
          ? `ended its trial by a fault (${failure})`
          : undefined;
      return fault
        ? [
            `The ${engineTitles[engine]} ${fault}, so it is not used. A newer driver may help; "climate-clustering devices --refresh" tries it again.`,
          ]
        : [];
    }),
  };
}

/** Engines round differently, by a millionth or so; a driver that is wrong is off by more than this share. */
const TOLERANCE = 1e-3;

/** Whether an engine computes something else than the CPU. */
export function isWrong(measured: EngineMeasurement, cpu: EngineMeasurement | undefined): boolean {
  return (Object.entries(measured.losses ?? {}) as [Problem, number][]).some(([problem, loss]) => {
    const expected = cpu?.losses?.[problem];
    // Written so that what is no number is wrong, too.
    return expected !== undefined && !(Math.abs(loss - expected) <= TOLERANCE * Math.abs(expected));
  });
}

/** TensorFlow on the CPU is slower than what is compiled for it, step by step; it is there for those who ask for it. */
function isOnGpu({ engine, description = '' }: EngineMeasurement): boolean {
  return engine !== 'tensorflow' || description.includes('tfjs-node-gpu');
}

/** Engines that nobody has installed go without saying. */
function isUnset(missing: string | undefined): boolean {
  return missing !== undefined && /does not bring along|Linux on x64 only/.test(missing);
}

function lost(measured: EngineMeasurement, speed: number, wrong: boolean): string {
  const { engine, missing, failure, software } = measured;
  const title = engineTitles[engine];
  if (missing !== undefined) return firstSentence(missing);
  if (failure !== undefined) return `${title}: its trial ended early (${failure}).`;
  if (wrong) return `${title}: it computes something else than the CPU.`;
  const by = driversOf(measured);
  return `${title}: ${inTrial(speed)}${software ? `, by a program on the CPU (${by})` : ''}.`;
}

/** The drivers that count: those of the hardware where there is some, else those that stand in for it. */
export function driversOf({ drivers = [], software }: EngineMeasurement): string {
  return drivers
    .filter((driver) => Boolean(driver.software) === Boolean(software))
    .map(({ name }) => name)
    .join(', ');
}

function firstSentence(message: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(message)?.[0] ?? message;
}

function inTrial(stepsPerSecond: number): string {
  return stepsPerSecond > 0
    ? `${rate(stepsPerSecond)} steps a second in its trial`
    : 'its speed is not known';
}

/** Three digits are all that such a trial can tell. */
export function rate(stepsPerSecond: number): string {
  return stepsPerSecond >= 100 ? stepsPerSecond.toFixed(0) : stepsPerSecond.toPrecision(3);
}
