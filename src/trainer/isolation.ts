import type { EngineChoice } from '../core/config';
import { mayUseGpu } from '../core/engine/mayUseGpu';
import type { Isolation } from '../threads/start';

/** Where training runs: `auto` takes a process where a GPU may be used, and else a thread. */
export const isolationChoices = ['auto', 'thread', 'process'] as const;
export type IsolationChoice = (typeof isolationChoices)[number];

/** Where a run of `engine` trains; undefined: of a run whose configuration cannot be read, which will not train. */
export function isolationOf(choice: IsolationChoice, engine: EngineChoice | undefined): Isolation {
  if (choice !== 'auto') return choice;
  return engine !== undefined && mayUseGpu(engine) ? 'process' : 'thread';
}
