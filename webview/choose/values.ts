import type { ClusterChoice } from '../../src/core/choose/choice';
import type { Cell, DataTable } from '../shared/tables';
import { descriptions } from './chart';
import { criteria } from './sheet';

/** All that the charts show, a row for each K. */
export function valuesTable(choice: ClusterChoice): DataTable {
  const { most, recommendation, uniformGap } = choice;
  const cell = (value: number | null, strong = false): Cell =>
    value === null ? null : { value, text: value.toFixed(3).replace('-', '−'), strong };
  return {
    caption: 'Criteria for the number of clusters K',
    columns: [
      { title: 'K', key: 'clusters', numeric: true },
      ...criteria.flatMap((name) => [
        { title: descriptions[name].title, key: name, numeric: true },
        { title: '±', key: `${name}_error`, numeric: true },
        { title: 'noise 5%', key: `${name}_noise_low`, numeric: true },
        { title: '95%', key: `${name}_noise_high`, numeric: true },
        { title: 'prefer K', key: `${name}_support`, numeric: true },
      ]),
      { title: 'Gap, uniform', key: 'gap_uniform', numeric: true },
      { title: '±', key: 'gap_uniform_error', numeric: true },
      { title: 'All votes', key: 'support', numeric: true },
    ],
    rows: Array.from({ length: most }, (_, k) => [
      k + 1,
      ...criteria.flatMap((name): Cell[] => {
        const { values, errors, noise, support, best } = choice.criteria[name];
        return [
          cell(values[k], best === k + 1),
          cell(errors[k]),
          cell(noise.low[k]),
          cell(noise.high[k]),
          share(support[k]),
        ];
      }),
      cell(uniformGap.values[k], uniformGap.best === k + 1),
      cell(uniformGap.errors[k]),
      share(recommendation.support[k]),
    ]),
  };
}

function share(value: number): Cell {
  return { value, text: `${Math.round(100 * value)}%` };
}
