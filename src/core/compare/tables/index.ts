import { basename, join } from 'node:path';
import { writeAtomically } from '../../results/atomicWrite';
import type { Comparison } from '../aggregate';
import { comparisonFiles, type ComparisonInfo } from '../files';
import { agreementCsv, bestCsv, labelsCsv, longCsv, tableCsv } from './csv';
import { latexTable } from './latex';
import { escapeMarkdown, markdownTable } from './markdown';
import { agreementTable, bestTable, costTable, failureText, hasBest, meansTable } from './model';

/** Writes all tables of a comparison. */
export async function writeTables(
  directory: string,
  comparison: Comparison,
  info: ComparisonInfo,
  times: readonly string[],
  truth?: Int32Array,
): Promise<void> {
  const contents: [string, string][] = [
    [comparisonFiles.long, longCsv(comparison)],
    [comparisonFiles.table, tableCsv(comparison)],
    [comparisonFiles.best, bestCsv(comparison)],
    [comparisonFiles.agreement, agreementCsv(comparison)],
    [comparisonFiles.labels, labelsCsv(comparison, times, truth)],
    [comparisonFiles.markdown, markdownText(comparison, info)],
    [comparisonFiles.latex, latexText(comparison, info)],
  ];
  for (const [name, content] of contents) await writeAtomically(join(directory, name), content);
}

/** table.md: everything that the other files hold in numbers, to be read. */
export function markdownText(comparison: Comparison, info: ComparisonInfo): string {
  const partly = comparison.rows.filter(({ fits, failures }) => fits.length > 0 && failures.length > 0);
  return [
    '# Comparison of methods',
    '',
    escapeMarkdown(dataText(info)),
    '',
    markdownTable(meansTable(comparison)),
    ...partly.map(
      ({ title, failures }) => escapeMarkdown(`${title}, failed fits: ${failureText(failures)}`) + '\n',
    ),
    markdownTable(costTable(comparison)),
    markdownTable(agreementTable(comparison)),
    ...(hasBest(comparison) ? [markdownTable(bestTable(comparison))] : []),
    '## Methods',
    '',
    ...methodsOf(comparison).map(
      ({ title, reference }) => `- ${escapeMarkdown(title)}: ${escapeMarkdown(reference)}`,
    ),
    '',
  ].join('\n');
}

/** table.tex: the same tables, to be included in a paper. */
export function latexText(comparison: Comparison, info: ComparisonInfo): string {
  return [
    `% ${dataText(info).replace(/[\r\n]+/g, ' ')}`,
    '% Needs \\usepackage{booktabs}.',
    latexTable(meansTable(comparison), 'comparison'),
    latexTable(costTable(comparison), 'comparison-cost'),
    latexTable(agreementTable(comparison), 'comparison-agreement'),
    ...(hasBest(comparison) ? [latexTable(bestTable(comparison), 'comparison-best')] : []),
  ].join('\n');
}

function methodsOf({ rows }: Comparison) {
  return [...new Map(rows.map(({ method }) => [method.id, method])).values()].filter(
    ({ reference }) => reference !== '',
  );
}

/** What was compared on what, in a sentence. */
export function dataText({ config, data, versions }: ComparisonInfo): string {
  const files = config.files.map((file) => basename(file)).join(', ');
  const names = data.fields.map(({ name }) => name).join(', ');
  return (
    `${names} of ${files}: ${data.steps} time steps from ${data.first} to ${data.last}, ${data.height} x ${data.width} ` +
    `cells; K = ${config.hyperParameters.clusters}, seeds ${config.seeds.join(', ')}; Climate Clustering ${versions.extension}.`
  );
}
