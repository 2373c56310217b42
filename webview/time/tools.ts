/** Buttons that save pictures and copy tables, at the end of each heading. */
import { pictureTools } from '../shared/export';
import type { Host } from '../shared/host';
import { copyTools } from '../shared/tables';
import { type ClusterSummary, clusterData } from './clusterTable';
import { frequencyData } from './frequency';
import type { TimeModel } from './model';
import { spellData } from './spellTable';
import { transitionData } from './transitions';

/** What the buttons take when they are pressed. */
interface Shown {
  model(): TimeModel;
  summary(): ClusterSummary;
  /** The picture of the ribbon, as SVG. */
  ribbon(): string | null;
}

export function addTools(root: HTMLElement, host: Pick<Host, 'send'>, shown: Shown): void {
  const { model, summary } = shown;
  const add = (section: string, ...tools: HTMLElement[]): void =>
    root.querySelector(`${section} .head`)!.append(...tools);
  const svg = (selector: string): SVGSVGElement | null =>
    root.querySelector<SVGSVGElement>(`${selector} svg`);
  add(
    '#ribbon-section',
    pictureTools(host, 'Ribbon of clusters', () => shown.ribbon()),
  );
  add(
    '#clusters-section',
    copyTools(host, () => clusterData(summary(), model().axis)),
  );
  add(
    '#transitions-section',
    copyTools(host, () => transitionData(model().clustered?.transitions ?? null)),
  );
  add(
    '#months-section',
    copyTools(host, () => frequencyData(model().months, model().clusters, 'Clusters by month', 'Month')),
    pictureTools(host, 'Clusters by month', () => svg('#months')),
  );
  add(
    '#years-section',
    copyTools(host, () => frequencyData(model().years, model().clusters, 'Clusters by year', 'Year')),
    pictureTools(host, 'Clusters by year', () => svg('#years')),
  );
  add(
    '#spells-section',
    copyTools(host, () => {
      const { clustered, series, axis } = model();
      return spellData(clustered?.data.spells ?? [], series.times, axis);
    }),
  );
}
