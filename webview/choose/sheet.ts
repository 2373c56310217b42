/** All four charts with the verdict and a legend in one picture: to be saved from the page, and for the command line. */
import { type ClusterChoice, type CriterionName } from '../../src/core/choose/choice';
import { type Attributes, element, escape } from '../shared/markup';
import { svgFile } from '../shared/standaloneSvg';
import { CHART_HEIGHT, type ChartOptions, drawChart, type Part } from './chart';

export const criteria: readonly CriterionName[] = ['elbow', 'silhouette', 'gap', 'stability'];

const CHART_WIDTH = 380;
const GAP = 32;
const MARGIN = 24;
const WIDTH = 2 * CHART_WIDTH + GAP + 2 * MARGIN;
/** Characters of a line across the whole picture. */
const LINE = 130;

/** Size of the picture and its parts. */
export function drawSheet(
  choice: ClusterChoice,
  title: string,
  look: ChartOptions['look'],
): { markup: string; width: number; height: number } {
  const lines = wrapped(choice.recommendation.text[0], LINE);
  const top = MARGIN + 22 + 18 * lines.length + 14;
  const legendAt = top + 2 * (CHART_HEIGHT + GAP);
  const markup = [
    element('text', { ...look('title'), x: MARGIN, y: MARGIN + 10 }, escape(title)),
    ...lines.map((text, i) =>
      element('text', { ...look('note'), x: MARGIN, y: MARGIN + 32 + 18 * i }, escape(text)),
    ),
    ...criteria.map((name, i) =>
      drawChart(
        choice,
        name,
        { width: CHART_WIDTH, look },
        {
          x: MARGIN + (i % 2) * (CHART_WIDTH + GAP),
          y: top + Math.floor(i / 2) * (CHART_HEIGHT + GAP),
        },
      ),
    ),
    drawLegend(look, MARGIN, legendAt),
  ].join('');
  return { markup, width: WIDTH, height: legendAt + 40 };
}

/** What line, band and bars mean. */
function drawLegend(look: ChartOptions['look'], x: number, y: number): string {
  const text = (at: number, words: string): string =>
    element('text', { ...look('tick'), x: x + at, y }, words);
  return [
    element('line', { ...look('line'), x1: x, x2: x + 22, y1: y - 4, y2: y - 4 }),
    text(28, 'the data, ± standard error'),
    element('rect', { ...look('noise'), x: x + 186, y: y - 10, width: 22, height: 12 }),
    text(214, 'noise of the same persistence, 5% to 95%'),
    element('rect', { ...look('vote-best'), x: x + 452, y: y - 10, width: 10, height: 12 }),
    text(468, 'share of halves that prefer K'),
    element('line', { ...look('recommended'), x1: x + 640, x2: x + 640, y1: y - 11, y2: y + 3 }),
    text(648, 'recommended K'),
  ].join('');
}

const BLUE = '#0072b2';
const font = { 'font-family': 'Helvetica, Arial, sans-serif' };

const looks: Readonly<Record<Part, Attributes>> = {
  title: { 'font-size': 13, 'font-weight': 600, fill: '#111111' },
  note: { 'font-size': 12, fill: '#444444' },
  tick: { 'font-size': 11, fill: '#555555' },
  grid: { stroke: '#e4e4e4' },
  axis: { stroke: '#888888' },
  noise: { fill: '#999999', 'fill-opacity': '0.35' },
  'noise-middle': { fill: 'none', stroke: '#777777', 'stroke-dasharray': '3 3' },
  errors: { stroke: BLUE, 'stroke-width': 3, 'stroke-opacity': '0.4' },
  line: { fill: 'none', stroke: BLUE, 'stroke-width': 1.6 },
  dot: { fill: BLUE },
  best: { fill: BLUE, 'font-size': 13, 'font-weight': 600 },
  unheard: { 'font-size': 12, fill: '#555555' },
  recommended: { stroke: '#d55e00', 'stroke-width': 1.4, 'stroke-dasharray': '6 3' },
  vote: { fill: '#b5b5b5' },
  'vote-best': { fill: BLUE },
};

/** A file that stands alone, on white. */
export function choiceSvg(choice: ClusterChoice, title: string): string {
  const { markup, width, height } = drawSheet(choice, title, (part) => looks[part]);
  return svgFile(markup, {
    width,
    height,
    viewBox: [0, 0, width, height],
    background: '#ffffff',
    title,
    description: choice.recommendation.text.join(' '),
    fontFamily: font['font-family'],
  });
}

/** Lines of at most `length` characters, broken at spaces. */
export function wrapped(text: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + 1 + word.length <= length) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}
