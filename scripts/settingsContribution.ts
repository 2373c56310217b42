/** The part of package.json that is derived from the tables of settings. Pure; `settings.mjs` writes it. */
import { hyperParameters, type HyperParameter } from '../src/core/config';
import { hostSettings, type HostSetting } from '../src/protocol/hostSettings';

type Schema = Record<string, unknown>;
export interface Category {
  title: string;
  properties: Record<string, Schema>;
}

const prefix = 'climateClustering.';

/** JSON schema of one setting as VS Code wants it. */
function schemaOf(setting: HyperParameter | HostSetting, order: number): Schema {
  const { description } = setting;
  const common = { default: setting.default, order, scope: 'scope' in setting ? setting.scope : 'resource' };
  switch (setting.type) {
    case 'choice':
      return {
        type: 'string',
        enum: Object.keys(setting.choices),
        enumDescriptions: Object.values(setting.choices),
        ...common,
        description,
      };
    case 'text':
      return { type: 'string', ...common, description };
    case 'boolean':
      return { type: 'boolean', ...common, description };
    default:
      return {
        type: setting.type,
        minimum: setting.minimum,
        maximum: setting.maximum,
        ...common,
        // VS Code shows the range only once it is violated.
        description: `${description} From ${setting.minimum} to ${setting.maximum}.`,
      };
  }
}

/** "selfExpression.sparsity" belongs to "Self expression", "seed" to "General". */
function categoryOf(key: string): string {
  const dot = key.indexOf('.');
  if (dot < 0) return 'General';
  const words = key.slice(0, dot).replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}

/** `contributes.configuration`: one category per first part of the keys, in the order of the tables. */
export function settingsContribution(): Category[] {
  const categories = new Map<string, Category>();
  const all: [string, HyperParameter | HostSetting][] = [
    ...Object.entries(hyperParameters),
    ...Object.entries(hostSettings),
  ];
  all.forEach(([key, setting], order) => {
    const title = categoryOf(key);
    if (!categories.has(title)) categories.set(title, { title, properties: {} });
    categories.get(title)!.properties[prefix + key] = schemaOf(setting, order);
  });
  return [...categories.values()];
}

/** Settings that an untrusted workspace cannot set: `capabilities.untrustedWorkspaces.restrictedConfigurations`. */
export function restrictedSettings(): string[] {
  return Object.entries<HostSetting>(hostSettings)
    .filter(([, setting]) => setting.restricted)
    .map(([key]) => prefix + key);
}
