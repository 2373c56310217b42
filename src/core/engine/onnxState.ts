import type * as Ort from 'onnxruntime-node';
import type { ElementType, State, TensorData, TensorSpec, TensorValue, TensorValues } from './engine';
import { gpuError } from './gpuErrors';
import { sizeOf } from './graph';
import { Download } from './onnxDownload';
import type { Runtime } from './onnxEngine';

export function newArray(dtype: ElementType, size: number): TensorData {
  if (dtype === 'float32') return new Float32Array(size);
  return dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}

/** @throws Error when `data` is not of the type and size of `spec`. */
export function checkData(what: string, spec: TensorSpec, data: TensorData): void {
  const expected = newArray(spec.dtype, 0).constructor;
  if (data.constructor !== expected || data.length !== sizeOf(spec.shape)) {
    throw new Error(
      `${what} is ${spec.dtype}[${spec.shape.join(', ')}], but was given ${data.length} elements as ${data.constructor.name}.`,
    );
  }
}

/** One entry of the state: the buffer that holds it, and the spare one that the next step writes to. */
interface Entry {
  readonly spec: TensorSpec;
  current: Ort.Tensor;
  spare: Ort.Tensor | undefined;
}

/** The state of ONNX Runtime's engine: in memory, or on the GPU once a step has returned it. */
export class OnnxState implements State {
  readonly specs: Readonly<Record<string, TensorSpec>>;
  readonly entries = new Map<string, Entry>();
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runtime: Runtime,
    initial: TensorValues,
    /** Keeps the device for as long as the state is there. */
    readonly anchor?: Ort.InferenceSession,
  ) {
    const specs: Record<string, TensorSpec> = {};
    for (const [name, { shape, dtype, data }] of Object.entries(initial)) {
      const spec = { shape: [...shape], dtype };
      specs[name] = spec;
      checkData(`The state entry "${name}"`, spec, data);
      this.entries.set(name, { spec, current: this.newTensor(spec, data.slice()), spare: undefined });
    }
    this.specs = specs;
  }

  /** Runs `task` after all that was asked before: no two steps may swap the same buffers at once. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task);
    this.tail = result.catch(() => undefined);
    return result;
  }

  entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`The state has no entry "${name}".`);
    return entry;
  }

  spareOf(name: string): Ort.Tensor {
    const entry = this.entry(name);
    return (entry.spare ??= this.newTensor(entry.spec, newArray(entry.spec.dtype, sizeOf(entry.spec.shape))));
  }

  swap(name: string): void {
    const entry = this.entry(name);
    [entry.current, entry.spare] = [entry.spare!, entry.current];
  }

  /** Puts what a step returned in the place of an entry; what was there is given back. */
  replace(name: string, next: Ort.Tensor): void {
    const entry = this.entry(name);
    if (entry.current.location === 'gpu-buffer') entry.current.dispose();
    entry.current = next;
  }

  read(names: readonly string[] = [...this.entries.keys()]): Promise<TensorValues> {
    return this.exclusive(async () => {
      const values: Record<string, TensorValue> = {};
      const resident = names.filter((name) => this.entry(name).current.location === 'gpu-buffer');
      const copies = resident.length > 0 ? await this.download(resident) : {};
      for (const name of names) {
        const { spec, current } = this.entry(name);
        values[name] = { ...spec, data: copies[name] ?? (current.data as TensorData).slice() };
      }
      return values;
    });
  }

  private async download(names: readonly string[]): Promise<Record<string, TensorData>> {
    const specs = new Map(names.map((name) => [name, this.entry(name).spec]));
    const download = await Download.create(this.runtime, specs);
    try {
      return await download.run(new Map(names.map((name) => [name, this.entry(name).current])));
    } catch (error) {
      throw gpuError(error, 'reading the state');
    } finally {
      await download.release();
    }
  }

  write(values: TensorValues): Promise<void> {
    return this.exclusive(() => {
      for (const [name, { data }] of Object.entries(values))
        checkData(`The state entry "${name}"`, this.entry(name).spec, data);
      for (const [name, { data }] of Object.entries(values)) {
        const entry = this.entry(name);
        if (entry.current.location === 'gpu-buffer')
          this.replace(name, this.newTensor(entry.spec, data.slice()));
        else (entry.current.data as TensorData).set(data);
      }
      return Promise.resolve();
    });
  }

  dispose(): void {
    for (const { current } of this.entries.values()) if (current.location === 'gpu-buffer') current.dispose();
    this.entries.clear();
  }

  private newTensor(spec: TensorSpec, data: TensorData): Ort.Tensor {
    return new this.runtime.Tensor(spec.dtype, data as Float32Array, [...spec.shape]);
  }
}
