import type { HyperParameterKey } from '../../config';
import { hyperParameterKeys, hyperParameters } from '../../config';
import type { RunInfo } from '../runJson';
import type { Markup } from './html';
import { html } from './html';

/** What was selected, and the hyper-parameters: those that differ from their defaults first. */
export function settings({ config }: RunInfo): Markup {
  const { hyperParameters: values, ...rest } = config;
  const isChanged = (key: HyperParameterKey) => values[key] !== hyperParameters[key].default;
  const row = (key: HyperParameterKey) =>
    html`<tr class="${isChanged(key) ? 'changed' : ''}">
      <td><code>${key}</code></td>
      <td class="number">${String(values[key])}</td>
      <td class="meaning">${hyperParameters[key].description}</td>
    </tr>`;
  const selection = Object.entries(rest).filter(
    ([key, value]) =>
      value !== undefined && !['files', 'hyperParameters'].includes(key) && JSON.stringify(value) !== '{}',
  );
  const changed = hyperParameterKeys.filter(isChanged);
  return html`<table class="settings">
      <tbody>
        ${selection.map(
          ([key, value]) =>
            html`<tr>
              <td><code>${key}</code></td>
              <td class="break">${typeof value === 'string' ? value : JSON.stringify(value)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p>
      ${changed.length === 0 ? 'All hyper-parameters have their defaults.' : 'Hyper-parameters that differ from their defaults:'}
    </p>
    ${
      changed.length > 0 &&
      html`<table>
        <tbody>
          ${changed.map(row)}
        </tbody>
      </table>`
    }
    <details>
      <summary>All hyper-parameters</summary>
      <table>
        <tbody>
          ${hyperParameterKeys.map(row)}
        </tbody>
      </table>
    </details>`;
}
