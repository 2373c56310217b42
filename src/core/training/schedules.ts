import type { HyperParameters } from '../config';
import type { Phase } from '../progress';
import type { Schedule } from './steps';

export type TrainingPhase = Extract<Phase, 'warm-up' | 'joint' | 'adversarial'>;

export function totalEpochs(h: HyperParameters): number {
  return h['training.warmupEpochs'] + h['training.jointEpochs'] + h['training.adversarialEpochs'];
}

/** The phase of a 0-based epoch. */
export function phaseOf(epoch: number, h: HyperParameters): TrainingPhase {
  const warmup = h['training.warmupEpochs'];
  if (epoch < warmup) return 'warm-up';
  return epoch < warmup + h['training.jointEpochs'] ? 'joint' : 'adversarial';
}

/**
 * All scheduled quantities (section 5.4): temperature falling exponentially, balance and skips ramped up linearly,
 * self-expression only after the warm-up, cosine decay of the learning rate to a tenth.
 * @param position epochs done, with fraction.
 */
export function scheduleAt(position: number, h: HyperParameters): Schedule {
  const phase = phaseOf(Math.floor(position), h);
  const warmup = h['training.warmupEpochs'];
  const clustering = Math.max(1, totalEpochs(h) - warmup);
  const progress = Math.min(1, Math.max(0, (position - warmup) / clustering));
  const ramp = (share: number): number => (share === 0 ? 1 : Math.min(1, progress / share));
  const joint = phase !== 'warm-up';
  const [hot, cold] = [h['schedule.temperatureStart'], h['schedule.temperatureEnd']];
  const cosine = 0.5 * (1 + Math.cos((Math.PI * position) / totalEpochs(h)));
  return {
    learningRate: h['training.learningRate'] * (0.1 + 0.9 * cosine),
    temperature: hot * (cold / hot) ** progress,
    skip: joint ? h['schedule.skipStrength'] * ramp(h['schedule.skipRamp']) : 0,
    express: joint ? 1 : 0,
    'weight.target': joint ? h['loss.target'] : 0,
    'weight.balance': joint ? h['loss.balance'] * ramp(h['schedule.balanceRamp']) : 0,
    // The contrast finds what persists and then goes on to tell single moments apart, so it ends with the warm-up. The
    // covariance form needs centres.
    'weight.redundancy': joint === (h['loss.redundancyForm'] === 'covariance') ? h['loss.redundancy'] : 0,
    'weight.selfExpression': joint ? h['loss.selfExpression'] : 0,
    'weight.adversarial': phase === 'adversarial' ? h['loss.adversarial'] : 0,
  };
}
