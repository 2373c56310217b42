import type { ImageShape } from './autoencoder';

/**
 * Images whose cells are means over blocks of `factor` x `factor` cells, as far as they have data; 0 where none has.
 *
 * @param images [n, C, H, W]
 * @param valid 1 where a cell has data at all, [C, H, W]
 */
export function coarsen(
  images: Float32Array,
  [variables, height, width]: ImageShape,
  valid: Uint8Array,
  factor: number,
): { images: Float32Array; valid: Uint8Array; shape: ImageShape } {
  const shape: ImageShape = [variables, Math.ceil(height / factor), Math.ceil(width / factor)];
  const d = variables * height * width;
  const coarse = variables * shape[1] * shape[2];
  const blockOf = Int32Array.from({ length: d }, (_, cell) => {
    const [c, y, x] = [Math.floor(cell / (height * width)), Math.floor(cell / width) % height, cell % width];
    return (c * shape[1] + Math.floor(y / factor)) * shape[2] + Math.floor(x / factor);
  });
  const counts = new Int32Array(coarse);
  for (let j = 0; j < d; j++) if (valid[j]) counts[blockOf[j]]++;
  const n = images.length / d;
  const means = new Float32Array(n * coarse);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++)
      if (valid[j]) means[i * coarse + blockOf[j]] += images[i * d + j] / counts[blockOf[j]];
  }
  return { images: means, valid: Uint8Array.from(counts, (count) => (count > 0 ? 1 : 0)), shape };
}
