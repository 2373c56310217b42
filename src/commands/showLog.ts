import type { Command } from './services';

/** `climateClustering.showLog()`. */
export const showLog: Command = {
  id: 'showLog',
  run({ log }) {
    log.show();
  },
};
