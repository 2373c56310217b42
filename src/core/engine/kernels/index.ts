import { convolutionKernels } from './convolution';
import { elementwiseKernels } from './elementwise';
import { indexingKernels } from './indexing';
import type { KernelTable } from './kernel';
import { layoutKernels } from './layout';
import { poolingKernels } from './pooling';
import { reductionKernels } from './reduction';

/** Every tfjs kernel that a compiled step may use, by its name in tfjs. */
export const kernels: KernelTable = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...layoutKernels,
  ...indexingKernels,
  ...convolutionKernels,
  ...poolingKernels,
};
