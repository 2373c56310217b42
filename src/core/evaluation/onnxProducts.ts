import type * as Ort from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import protobuf from 'protobufjs/minimal';
import type { Products, Values } from './products';

type Runtime = typeof Ort;
type ElementType = 'float32' | 'float64';

/**
 * Products by ONNX Runtime on the CPU: one graph of one Gemm for each element type.
 * @throws Error when onnxruntime-node has no build for this platform or its library cannot be loaded.
 */
export async function createOnnxProducts(threads = availableParallelism()): Promise<Products> {
  const module = (await import('onnxruntime-node')) as Runtime & { default?: Runtime };
  const runtime = module.InferenceSession ? module : module.default!;
  const sessions = new Map<ElementType, Promise<Ort.InferenceSession>>();
  const session = (type: ElementType): Promise<Ort.InferenceSession> => {
    const known = sessions.get(type);
    if (known) return known;
    const created = runtime.InferenceSession.create(encodeProduct(type), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    sessions.set(type, created);
    return created;
  };
  // What cannot be loaded shows now, not in the middle of a computation.
  await session('float64');
  return {
    description: `ONNX Runtime, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    async multiply(a, b, d, out) {
      const type = a instanceof Float32Array ? 'float32' : 'float64';
      const tensor = (values: Values, width: number) =>
        new runtime.Tensor(type, values as Float32Array, [values.length / width, width]);
      const run = await session(type);
      await run.run({ a: tensor(a, d), b: tensor(b, d) }, { products: tensor(out, b.length / d) });
    },
    async dispose() {
      for (const created of sessions.values()) await (await created).release();
      sessions.clear();
    },
  };
}

/** Codes of element types in onnx.proto3. */
const typeCode: Readonly<Record<ElementType, number>> = { float32: 1, float64: 11 };

/**
 * The ONNX file of `products = a bᵀ` for matrices of any size, which the files of `engine/onnx.ts` cannot be.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
function encodeProduct(type: ElementType): Uint8Array {
  const writer = protobuf.Writer.create();
  const tag = (field: number, wireType: 0 | 2) => (field << 3) | wireType;
  const message = (field: number, content: () => void): void => {
    writer.uint32(tag(field, 2)).fork();
    content();
    writer.ldelim();
  };
  const text = (field: number, value: string) => writer.uint32(tag(field, 2)).string(value);
  const matrix = (field: number, name: string): void =>
    message(field, () => {
      text(1, name);
      message(2, () =>
        message(1, () => {
          writer.uint32(tag(1, 0)).int32(typeCode[type]);
          message(2, () => {
            for (const side of ['rows', 'columns']) message(1, () => text(2, `${name} ${side}`));
          });
        }),
      );
    });
  writer.uint32(tag(1, 0)).int64(8);
  message(7, () => {
    message(1, () => {
      text(1, 'a');
      text(1, 'b');
      text(2, 'products');
      text(4, 'Gemm');
      message(5, () => {
        text(1, 'transB');
        writer.uint32(tag(3, 0)).int64(1).uint32(tag(20, 0)).int32(2);
      });
    });
    text(2, 'products');
    matrix(11, 'a');
    matrix(11, 'b');
    matrix(12, 'products');
  });
  message(8, () => {
    text(1, '');
    writer.uint32(tag(2, 0)).int64(17);
  });
  return writer.finish();
}
