/** All published checks, in the order of the table. One file a method; each adds its entries here. */
import type { Check } from './check';

export const checks: readonly Check[] = [];
