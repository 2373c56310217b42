/**
 * Entry of dist/trainer.js: the thread or process that trains. The host starts it (`host.ts`) and speaks with it as
 * `protocol/trainer.ts` says. The pipeline is loaded with the first call, so that the trainer answers at once.
 */
import { attachTrainer } from './attach';

attachTrainer(async () => ({
  ...(await import('../core/cluster')),
  ...(await import('../core/compare/fit')),
  ...(await import('./comparisons')),
  ...(await import('../core/choose/chooseForFiles')),
}));
