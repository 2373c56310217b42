/** How the user has set up the view: kept by VS Code while the panel is hidden and across restarts. */
import { remember, remembered } from '../shared/vscodeApi';
import { type TransitionUnit, transitionUnits } from './transitions';

export interface View {
  layout: 'years' | 'continuous' | null;
  /** Null: below one band, where there is room for them, and not below each of many. */
  memberships: boolean | null;
  unit: TransitionUnit;
  /** The tables that are open. */
  open: string[];
  /** The part of the continuous ribbon that is shown; not kept. */
  window: readonly [number, number] | null;
}

export function restoreView(): View {
  const { layout, memberships, unit, open } = remembered();
  return {
    layout: layout === 'years' || layout === 'continuous' ? layout : null,
    memberships: typeof memberships === 'boolean' ? memberships : null,
    unit: transitionUnits.find((one) => one === unit) ?? 'exits',
    open: Array.isArray(open) ? open.map(String) : [],
    window: null,
  };
}

export function saveView(runDirectory: string | null, { layout, memberships, unit, open }: View): void {
  remember(runDirectory, { layout, memberships, unit, open });
}
