import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { Measurement } from './measure';

const byProblem = z.object({ narrow: z.number().optional(), wide: z.number().optional() });
const measurement: z.ZodType<Measurement> = z.object({
  date: z.string(),
  onnxruntime: z.string(),
  engines: z.array(
    z.object({
      engine: z.enum(['cpu', 'webgpu', 'cuda', 'tensorflow']),
      description: z.string().optional(),
      threads: z.number().int().optional(),
      speeds: byProblem,
      losses: byProblem.optional(),
      drivers: z
        .array(
          z.object({ name: z.string(), software: z.boolean().optional(), vendorId: z.number().optional() }),
        )
        .optional(),
      software: z.boolean().optional(),
      missing: z.string().optional(),
      failure: z.string().optional(),
    }),
  ),
});
const file = z.object({ format: z.literal(1), machines: z.record(z.string(), measurement) });

/** Kept at most: the command line and VS Code have one each, and a home may be shared by several machines. */
const MOST = 32;

/** Where this user's programs keep what they can compute again. */
export function cacheFile(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homedir();
  const base =
    platform === 'win32'
      ? environment.LOCALAPPDATA || path.join(home, 'AppData', 'Local')
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Caches')
        : environment.XDG_CACHE_HOME || path.join(home, '.cache');
  return path.join(base, 'climate-clustering', 'engines.json');
}

/** The measurement with this key, if there is one. A file that cannot be read or understood counts as none. */
export async function readMeasurement(key: string, at = cacheFile()): Promise<Measurement | undefined> {
  return (await readAll(at))[key];
}

/** Keeps a measurement that says how fast the CPU is: where that could not be found out, the machine was too busy. */
export async function rememberMeasurement(key: string, measured: Measurement, at?: string): Promise<void> {
  const cpu = measured.engines.find(({ engine }) => engine === 'cpu');
  if (cpu && cpu.failure === undefined && cpu.missing === undefined) await keepMeasurement(key, measured, at);
}

/** Keeps a measurement, or forgets it. Never fails: then it is measured again the next time. */
export async function keepMeasurement(
  key: string,
  kept: Measurement | undefined,
  at = cacheFile(),
): Promise<void> {
  const temporary = `${at}.${process.pid}`;
  try {
    const { [key]: _old, ...others } = await readAll(at);
    const machines = Object.fromEntries(
      [...Object.entries(others), ...(kept ? [[key, kept] as const] : [])].slice(-MOST),
    );
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(temporary, JSON.stringify({ format: 1, machines }, undefined, 1));
    await rename(temporary, at);
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

async function readAll(at: string): Promise<Record<string, Measurement>> {
  try {
    const parsed = file.safeParse(JSON.parse(await readFile(at, 'utf8')));
    return parsed.success ? parsed.data.machines : {};
  } catch {
    return {};
  }
}
