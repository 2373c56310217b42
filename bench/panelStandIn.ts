/** A stand-in for VS Code and the host: a script for the page, run before that of the panel. */

export interface StandInCase {
  readonly steps: number;
  readonly height: number;
  readonly width: number;
  readonly clusters: number;
  readonly fields: number;
}

/** `data` makes up a finished run and answers what is asked about it; `messages` (JSON) are sent as they are. */
export function standIn(options: {
  readonly data?: StandInCase;
  readonly messages?: string;
  readonly view?: Readonly<Record<string, unknown>>;
}): string {
  const { data, messages, view = {} } = options;
  return `(${inPage.toString()})(${JSON.stringify(data ?? null)}, ${messages ?? 'null'}, ${JSON.stringify(view)});`;
}

/** Runs in the page; everything it needs is inside. */
function inPage(data: StandInCase | null, messages: unknown[] | null, view: unknown): void {
  const post = (message: unknown) => window.postMessage(message, '*');
  const revive = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(revive);
    if (typeof value !== 'object' || value === null) return value;
    const { $f32, $f64, $i32, $u8 } = value as Record<string, number[]>;
    if ($f32) return Float32Array.from($f32);
    if ($f64) return Float64Array.from($f64);
    if ($i32) return Int32Array.from($i32);
    if ($u8) return Uint8Array.from($u8);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revive(one)]));
  };
  const answers: Record<string, (ask: { index: number; size: number }) => unknown> = data ? madeUp(data) : {};
  const opening = messages ? messages.map(revive) : beginning(data!);
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      getState: () => ({ runDirectory: '/runs/one', view }),
      setState: () => undefined,
      postMessage: (message: {
        type: string;
        id: number;
        ask: { what: string; index: number; size: number };
      }) => {
        if (message.type === 'ready') opening.forEach(post);
        if (message.type !== 'request') return;
        const answer = answers[message.ask.what];
        if (answer) post({ type: 'answer', id: message.id, answer: answer(message.ask) });
        else post({ type: 'refusal', id: message.id, reason: 'Not in this benchmark.' });
      },
    }),
  });

  function beginning({ steps, clusters, fields }: StandInCase): unknown[] {
    const labels = Int32Array.from({ length: steps }, (_, i) => Math.floor(i / 9) % clusters);
    const memberships = new Float32Array(steps * clusters).fill(0.2 / clusters);
    labels.forEach((label, i) => (memberships[i * clusters + label] += 0.8));
    const day = 86_400_000;
    const times = Array.from({ length: steps }, (_, i) =>
      new Date(Date.UTC(2008, 0, 1) + i * day).toISOString().slice(0, 19),
    );
    const metrics = {
      silhouetteCosine: 0.4,
      silhouetteEuclidean: 0.3,
      daviesBouldin: 1.2,
      calinskiHarabasz: 210,
      rmse: 0.2,
      variance: 0.1,
      interClusterDistance: 2,
      centroidDistance: 3,
    };
    const history = Array.from({ length: 60 }, (_, epoch) => ({
      epoch,
      phase: epoch < 10 ? 'warm-up' : 'joint',
      seconds: 1,
      losses: { total: 10 / (epoch + 1), reconstruction: 5 / (epoch + 1), clustering: 1 / (epoch + 1) },
      metrics,
    }));
    const names = Array.from({ length: fields }, (_, i) => `field${i}`);
    const run = {
      state: 'finished',
      name: '',
      files: ['bench.nc'],
      fields: names,
      runDirectory: '/runs/one',
      engine: 'onnx',
      phase: 'done',
      epoch: 60,
      epochs: 60,
      step: 0,
      steps: 0,
      secondsLeft: null,
      clusters,
      metrics,
      history,
      warnings: [],
      message: null,
      canResume: false,
      hasReport: true,
    };
    const row = {
      directory: '/runs/one',
      name: 'one',
      files: ['bench.nc'],
      state: 'finished',
      started: '2026-01-01T00:00:00Z',
      seconds: 60,
      clusters,
      fields: names,
      seed: 1,
      engine: 'onnx',
      metrics,
      settings: { seed: 1, epochs: 60 },
    };
    return [
      { type: 'run', run },
      { type: 'series', series: { version: 1, clusters, times, labels, memberships } },
      { type: 'selection', selection: { step: null, period: null, cluster: null, field: null } },
      {
        type: 'runs',
        runs: Array.from({ length: 8 }, (_, i) => ({ ...row, directory: `/runs/${i}` })),
        chosen: false,
      },
    ];
  }

  function madeUp({
    steps,
    height,
    width,
    fields,
  }: StandInCase): Record<string, (ask: { index: number; size: number }) => unknown> {
    const global = width >= 1000;
    const latitude = Float64Array.from({ length: height }, (_, i) =>
      global ? 90 - (180 * i) / (height - 1) : 50 - i * 0.25,
    );
    const longitude = Float64Array.from({ length: width }, (_, i) =>
      global ? (360 * i) / width : i * 0.25 - 10,
    );
    const field = (phase: number) => {
      const values = new Float32Array(height * width);
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++)
          values[i * width + j] =
            280 +
            20 * Math.cos(latitude[i] / 57) +
            5 * Math.sin(longitude[j] / 20 + phase) * Math.cos(latitude[i] / 30);
      return values;
    };
    return {
      geometry: () => ({
        fields: Array.from({ length: fields }, (_, i) => ({
          name: `field${i}`,
          longName: `Field ${i}`,
          units: 'K',
        })),
        grid: { kind: 'rectilinear', height, width, latitude, longitude, geographic: true },
      }),
      map: ({ index }) => ({
        values: field(index),
        significant: new Uint8Array(height * width).fill(1),
        range: { mean: [275, 305], anomaly: 5, f: 10 },
        version: 1,
      }),
      embedding: () => ({
        points: Float32Array.from({ length: 2 * steps }, (_, i) => Math.sin(i * 12.9898) * (1 + (i % 7))),
        explained: [0.5, 0.2],
        version: 1,
      }),
      affinity: ({ size }) => {
        const m = Math.min(size, steps);
        return {
          size: m,
          values: Float32Array.from({ length: m * m }, (_, i) => Math.abs(Math.sin(i))),
          order: Int32Array.from({ length: steps }, (_, i) => i),
          version: 1,
        };
      },
    };
  }
}
