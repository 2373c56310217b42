/**
 * A process that works on a run: claims the run directory `argv[2]` when told "go", says how that ended, and gives it
 * back when told "release".
 */
import { claimRun, type Claim } from '../../../src/core/results/runLock';

let claim: Claim | undefined;
process.on('message', (message) => {
  if (message === 'go') {
    claimRun(process.argv[2]).then(
      (given) => {
        claim = given;
        process.send!('claimed');
      },
      (error: Error) => process.send!(`${error.name}: ${error.message}`),
    );
  } else {
    void claim?.release().then(() => process.send!('released'));
  }
});
process.send!('ready');
