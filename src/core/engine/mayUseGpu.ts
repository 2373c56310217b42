import type { EngineChoice } from '../config';

/**
 * Whether a run with this choice may load a GPU's driver, or native code of the user's own: then its trainer must be a
 * process of its own, since what fails there takes the process along. `auto` may: it takes what is fastest.
 */
export function mayUseGpu(choice: EngineChoice): boolean {
  return choice !== 'cpu' && choice !== 'reference';
}
