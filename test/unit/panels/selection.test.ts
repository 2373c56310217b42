import { describe, expect, it } from 'vitest';
import { SelectionModel, fitSelection } from '../../../src/panels/selection';
import { type Selection, noSelection } from '../../../src/protocol/panel';
import type { Run } from '../../../src/runs/run';

const run = (id: string, times: readonly string[]): Run =>
  ({
    id,
    state: 'finished',
    files: ['/data/a.nc'],
    fields: ['air', 'slp'],
    clusters: 3,
    warnings: [],
    canResume: false,
    hasReport: true,
    progress: { times, clusters: 3 },
  }) as unknown as Run;

const winter = ['2008-01-01', '2008-01-02', '2008-01-03'];
const summer = ['2008-07-01', '2008-07-02', '2008-07-03'];

describe('a selection', () => {
  it('keeps the parts that exist in the run', () => {
    const extent = { steps: 3, clusters: 3, fields: 2 };
    const all: Selection = { step: 2, period: [0, 1], cluster: 2, field: 1 };
    expect(fitSelection(all, extent)).toEqual(all);
    expect(fitSelection({ step: 3, period: [9, 1], cluster: 3, field: 2 }, extent)).toEqual({
      ...noSelection,
      period: [1, 2],
    });
    expect(fitSelection({ ...noSelection, period: [5, 9] }, extent).period).toBeNull();
    expect(fitSelection(all, { steps: 0, clusters: 0, fields: 0 })).toEqual(noSelection);
  });
});

describe('the selection model', () => {
  const runs = [run('a', winter), run('b', [...winter]), run('c', summer)];
  const model = (): { model: SelectionModel; heard: string[] } => {
    const made = new SelectionModel(() => runs);
    const heard: string[] = [];
    made.onDidChange((id, selection) => heard.push(`${id} ${selection.step} ${selection.cluster}`));
    return { model: made, heard };
  };

  it('tells every listener of a change, once', () => {
    const { model: selections, heard } = model();
    selections.set(runs[2], { ...noSelection, step: 1, cluster: 2 });
    selections.set(runs[2], { ...noSelection, step: 1, cluster: 2 });
    expect(heard).toEqual(['c 1 2']);
    expect(selections.get('c')).toEqual({ ...noSelection, step: 1, cluster: 2 });
    expect(selections.run?.id).toBe('c');
  });

  it('carries the time to runs of the same times, but not the cluster', () => {
    const { model: selections, heard } = model();
    selections.set(runs[1], { ...noSelection, cluster: 1 });
    selections.set(runs[0], { step: 1, period: [0, 2], cluster: 2, field: 1 });
    expect(selections.get('b')).toEqual({ step: 1, period: [0, 2], cluster: 1, field: null });
    expect(selections.get('c')).toEqual(noSelection);
    expect(heard).toEqual(['b null 1', 'a 1 2', 'b 1 1']);
  });

  it('forgets a run that is gone', () => {
    const { model: selections } = model();
    selections.set(runs[0], { ...noSelection, step: 1 });
    selections.forget('a');
    expect(selections.get('a')).toEqual(noSelection);
    expect(selections.run).toBeUndefined();
  });
});
