import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { restrictedSettings, settingsContribution } from '../../../scripts/settingsContribution';
import {
  defaultHyperParameters,
  hyperParameterKeys,
  hyperParameters,
  parseHyperParameter,
  resolveHyperParameters,
  type HyperParameter,
} from '../../../src/core/config';
import { isUserError } from '../../../src/core/errors';
import { hostSettings } from '../../../src/protocol/hostSettings';

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

describe('settings in package.json', () => {
  it('agree with the tables (npm run settings)', () => {
    expect(manifest.contributes.configuration).toEqual(JSON.parse(JSON.stringify(settingsContribution())));
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(restrictedSettings());
  });

  const properties: Record<string, Record<string, unknown>> = Object.assign(
    {},
    ...manifest.contributes.configuration.map((category: { properties: object }) => category.properties),
  );

  it('are all there, each with a description, a type, a default and its range', () => {
    const keys = [...hyperParameterKeys, ...Object.keys(hostSettings)];
    expect(Object.keys(properties).sort()).toEqual(keys.map((key) => `climateClustering.${key}`).sort());
    for (const [key, schema] of Object.entries(properties)) {
      expect(schema.description, key).toMatch(/\.$/);
      expect(schema.default, key).toBeDefined();
      if (schema.type === 'integer' || schema.type === 'number') {
        expect(schema.default, key).toBeGreaterThanOrEqual(schema.minimum as number);
        expect(schema.default, key).toBeLessThanOrEqual(schema.maximum as number);
      } else if (schema.enum) {
        expect(schema.enum, key).toContain(schema.default);
        expect(schema.enumDescriptions, key).toHaveLength((schema.enum as string[]).length);
      } else {
        expect(typeof schema.default, key).toBe(schema.type);
      }
    }
  });

  it('have no key that is the beginning of another: VS Code could not tell a value from a group', () => {
    const keys = Object.keys(properties);
    for (const key of keys) expect(keys.filter((other) => other.startsWith(`${key}.`))).toEqual([]);
  });
});

describe('hyper-parameters', () => {
  it.each(Object.entries<HyperParameter>(hyperParameters))(
    'accepts the default of %s, also as text',
    (key, parameter) => {
      expect(parseHyperParameter(key, parameter.default)).toBe(parameter.default);
      expect(parseHyperParameter(key, String(parameter.default))).toBe(parameter.default);
    },
  );

  it.each([
    ['clusters', '1'],
    ['clusters', '51'],
    ['clusters', '2.5'],
    ['clusters', ''],
    ['clusters', 'seven'],
    ['clusters', NaN],
    ['clusters', Infinity],
    ['clusters', null],
    ['clusters', true],
    ['preprocessing.fill', 'median'],
    ['preprocessing.fill', 'toString'],
    ['training.learningRate', '1e9'],
    ['model.attentionResidual', 'yes'],
    ['model.widht', '1'],
    ['constructor', '1'],
  ])('refuses %s = %s with a message that names it', (key, value) => {
    let error: unknown;
    try {
      parseHyperParameter(key, value);
    } catch (thrown) {
      error = thrown;
    }
    expect(isUserError(error)).toBe(true);
    expect((error as Error).message).toContain(`"${key}"`);
  });

  it('lays what is given over the defaults', () => {
    expect(resolveHyperParameters({ clusters: '4' })).toEqual({ ...defaultHyperParameters(), clusters: 4 });
  });
});
