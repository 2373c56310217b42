import { afterEach, describe, expect, it, vi } from 'vitest';
import { emptyRun } from '../../../src/protocol/panel';

afterEach(() => vi.unstubAllGlobals());

/** A page that was loaded at `timeOrigin`: its end of the messages, what it sends, and how it receives. */
async function page(timeOrigin: number) {
  const sent: { type: string; id?: number }[] = [];
  const listeners: ((event: { data: unknown }) => void)[] = [];
  vi.stubGlobal('performance', { timeOrigin });
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: (message: { type: string }) => sent.push(message),
    getState: () => undefined,
    setState: () => {},
  }));
  vi.stubGlobal('window', {
    addEventListener: (_type: string, listener: (event: { data: unknown }) => void) =>
      listeners.push(listener),
  });
  vi.resetModules();
  const { Host } = await import('../../../webview/shared/host');
  const { PreviewHost } = await import('../../../webview/preview/previewHost');
  return { Host, PreviewHost, sent, receive: (data: unknown) => listeners.forEach((one) => one({ data })) };
}

const map = (value: number) => ({
  values: Float32Array.of(value),
  significant: null,
  range: { mean: [0, 1], anomaly: 1, f: 1 },
  version: 1,
});
const ask = { what: 'map', field: 0, layer: 'mean', index: 0 } as const;

describe('a panel’s end of the messages', () => {
  it('does not take an answer to the page that was there before for its own', async () => {
    const before = await page(1_700_000_000_000.25);
    void new before.Host({}).ask(ask);
    const after = await page(1_700_000_000_900.5);
    const answer = new after.Host({}).ask(ask);
    const [old, own] = [before, after].map(({ sent }) => sent.find(({ type }) => type === 'request')!.id!);
    expect(Number.isSafeInteger(own)).toBe(true);
    after.receive({ type: 'answer', id: old, answer: map(1) });
    after.receive({ type: 'answer', id: own, answer: map(2) });
    expect((await answer).values[0]).toBe(2);
  });

  it('ignores what is no message, and says when there is no answer or none that can be read', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { Host, receive, sent } = await page(1);
    const run = vi.fn();
    const host = new Host({ run });
    for (const data of [undefined, 7, { type: 'run' }, { type: 'run', run: { ...emptyRun, epoch: 'x' } }])
      receive(data);
    expect(run).not.toHaveBeenCalled();
    const [refused, broken] = [host.ask(ask), host.ask(ask)];
    const [first, second] = sent.filter(({ type }) => type === 'request').map(({ id }) => id);
    receive({ type: 'refusal', id: first, reason: 'Not yet.' });
    receive({ type: 'answer', id: second, answer: { ...map(1), range: null } });
    await expect(refused).rejects.toMatchObject({ name: 'Refusal', message: 'Not yet.' });
    await expect(broken).rejects.toThrow('cannot be read');
    error.mockRestore();
  });
});

describe('the preview’s end of the messages', () => {
  it('goes on to the next map after one that cannot be read', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { PreviewHost, receive, sent } = await page(1);
    const refused = vi.fn();
    const host = new PreviewHost({ header: vi.fn(), failed: vi.fn(), map: vi.fn(), refused });
    const place = (step: number) => ({ variable: 't', step, select: {} });
    host.want(place(0));
    host.want(place(1));
    receive({ type: 'map', id: sent[0].id, map: { values: 'none' } });
    expect(refused).toHaveBeenCalledWith(place(0), 'The map cannot be read.');
    expect(sent).toHaveLength(2);
    error.mockRestore();
  });
});
