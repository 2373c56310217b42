import { describe, expect, it } from 'vitest';
import type { EpochRecord } from '../../../src/core/progress';
import { formatHistory, parseHistory } from '../../../src/core/results/historyCsv';

const history: EpochRecord[] = [
  { epoch: 1, phase: 'warm-up', seconds: 1.5, losses: { total: 0.5 }, schedule: { temperature: 1 } },
  {
    epoch: 2,
    phase: 'joint',
    seconds: 2,
    losses: { total: 0.25, target: 1e-7 },
    schedule: { temperature: 0.5, windows: 8 },
    metrics: { silhouetteCosine: -0.125, rmse: 3 },
  },
  { epoch: 3, phase: 'joint', seconds: 2, losses: { total: 0.125 } },
];

describe('history.csv', () => {
  it('has a column for each loss, then schedules and metrics; what an epoch lacks is empty', () => {
    expect(formatHistory(history).split('\n')).toEqual([
      'epoch,phase,seconds,total,target,schedule.temperature,schedule.windows,metric.silhouetteCosine,metric.rmse',
      '1,warm-up,1.500,0.5,,1,,,',
      '2,joint,2.000,0.25,1e-7,0.5,8,-0.125,3',
      '3,joint,2.000,0.125,,,,,',
      '',
    ]);
  });

  it('reads back what was written', () => {
    expect(parseHistory(formatHistory(history), 'history.csv')).toEqual(history);
  });

  it('leaves undefined metrics empty', () => {
    const undefinedOne = [{ ...history[1], metrics: { rmse: 3, daviesBouldin: NaN } }];
    expect(parseHistory(formatHistory(undefinedOne), 'history.csv')[0].metrics).toEqual({ rmse: 3 });
  });

  it('finds the schedules among the losses of an old version', () => {
    const old =
      'epoch,phase,seconds,total,temperature,learningRate,windows\n1,warm-up,0.250,0.5,1,0.001,96\n';
    expect(parseHistory(old, 'history.csv')).toEqual([
      {
        epoch: 1,
        phase: 'warm-up',
        seconds: 0.25,
        losses: { total: 0.5 },
        schedule: { temperature: 1, learningRate: 0.001, windows: 96 },
      },
    ]);
  });

  it.each([
    ['1,joint,x,1,2', 'row 1'],
    ['1,joint,1,1,2\n2,joint,1,?,2', 'row 2'],
    ['1,joint,1,1,?', 'row 1'],
    [',joint,1,1,2', 'row 1'],
  ])('refuses %j', (rows, where) => {
    expect(() => parseHistory(`epoch,phase,seconds,total,metric.rmse\n${rows}\n`, 'h.csv')).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining(`h.csv: ${where}`) }),
    );
  });
});
