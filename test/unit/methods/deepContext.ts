import { plainProducts } from '../../../src/core/evaluation/products';
import type { MethodContext } from '../../../src/core/methods/method';
import { bothEngines } from '../engine/support';

/** What a deep method needs: the compiled engine on one thread. */
export function deepContext(clusters: number, options: Partial<MethodContext> = {}): MethodContext {
  return {
    clusters,
    seed: 1,
    engine: async () => (await bothEngines())[0],
    products: plainProducts,
    ...options,
  };
}
