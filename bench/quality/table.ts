import type { Method } from '../../src/core/methods/method';
import type { Score } from './record';

const CASES = ['G1', 'G2', 'G4', 'G6', 'G7'];
/** Seeds above this one were not looked at while settings were chosen. */
const LAST_SEEN = 100;

/** docs/quality.md: accuracy of every method and labelling, for the seeds that were unseen and for the others. */
export function tableOf(scores: readonly Score[], methods: readonly Method[]): string {
  const seeds = (unseen: boolean) => scores.filter(({ seed }) => seed > LAST_SEEN === unseen);
  return `# Ground truth: how well each method finds regimes that are known

Made by \`npm run bench:quality -- --save\` (docs/quality.json holds every run); what the cases are is in
\`src/core/evaluation/synthetic.ts\`: G1 and G2 are unions of subspaces, G4 folded subspaces, G6 regimes that differ only in
how the field moves, G7 templates that wander about. 365 steps of 3 x 16 x 16 values, five regimes that persist (a step
stays in its regime with probability 0.95, in G6 0.97), K = 5, all settings at their defaults, none chosen for a case. Mean
and standard deviation over the seeds, of the fields and of the method alike.

## Seeds that no setting was chosen on (above ${LAST_SEEN})

${section(seeds(true), methods)}

## Seeds that settings were chosen on

${section(seeds(false), methods)}
`;
}

function section(scores: readonly Score[], methods: readonly Method[]): string {
  if (scores.length === 0) return 'Nothing yet.';
  return [
    ['Accuracy', 'accuracy'],
    ['NMI', 'nmi'],
    ['ARI', 'ari'],
  ]
    .map(([name, key]) => `**${name}**\n\n${table(scores, methods, key as 'accuracy' | 'nmi' | 'ari')}`)
    .join('\n\n');
}

function table(
  scores: readonly Score[],
  methods: readonly Method[],
  key: 'accuracy' | 'nmi' | 'ari',
): string {
  const rows = methods.flatMap(({ id, title }) => {
    const own = scores.filter(({ method }) => method === id);
    const labellings = [...new Set(own.map(({ labelling }) => labelling))].sort();
    return labellings.map((labelling) => {
      const of = own.filter((score) => score.labelling === labelling);
      const cells = CASES.map((source) =>
        cell(of.filter((score) => score.case === source).map((s) => s[key])),
      );
      const seconds = of.map(({ processorSeconds }) => processorSeconds);
      return `| ${title}${labelling && `, ${labelling}`} | ${cells.join(' | ')} | ${labelling ? '' : mean(seconds).toFixed(1)} |`;
    });
  });
  return [
    `| method | ${CASES.join(' | ')} | processor s |`,
    `| --- |${' --- |'.repeat(CASES.length + 1)}`,
    ...rows,
  ].join('\n');
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

function cell(values: readonly number[]): string {
  if (values.length === 0) return '';
  const m = mean(values);
  if (values.length === 1) return `${m.toFixed(3)} (1)`;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1));
  return `${m.toFixed(3)} ± ${deviation.toFixed(3)} (${values.length})`;
}
