import { UserError } from '../core/errors';
import type { RunStore } from './runService';

export const runStore: RunStore = {
  async read(directory) {
    throw new UserError(`${directory} holds no run.`);
  },
};
