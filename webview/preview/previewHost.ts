/** The editor's end of the messages: typed, and validated on arrival. */
import * as z from 'zod/mini';
import type { PreviewHeader } from '../../src/core/data/preview';
import { type FromPreview, type MapSnapshot, type Place, toPreview } from '../../src/protocol/preview';
import { FIRST_REQUEST, vscodeApi } from '../shared/vscodeApi';

// The content security policy forbids code from strings, which zod would otherwise try.
z.config({ jitless: true });

export interface PreviewHandlers {
  header(name: string, header: PreviewHeader): void;
  /** The file cannot be read. */
  failed(name: string, reason: string): void;
  /** Of the place that was asked for last. */
  map(place: Place, map: MapSnapshot): void;
  refused(place: Place, reason: string): void;
}

/**
 * The host, as the editor sees it. One map is asked for at a time; of those that are wanted meanwhile only the last one is,
 * so that a key that is held down does not leave a queue behind.
 */
export class PreviewHost {
  private count = FIRST_REQUEST;
  private asked: Place | undefined;
  private next: Place | undefined;

  constructor(private readonly handlers: PreviewHandlers) {
    window.addEventListener('message', (event) => this.receive(event.data));
  }

  send(message: FromPreview): void {
    vscodeApi.postMessage(message);
  }

  want(place: Place): void {
    if (this.asked) {
      this.next = place;
      return;
    }
    this.asked = place;
    this.send({ type: 'request', id: ++this.count, place });
  }

  private receive(data: unknown): void {
    const parsed = toPreview.safeParse(data);
    if (!parsed.success) {
      console.error('Refused an unknown message', data, z.prettifyError(parsed.error));
      // Nothing else would be asked for while it is waited for.
      const { type, id } = (data ?? {}) as { type?: unknown; id?: unknown };
      if (type === 'map') this.settle(id, (place) => this.handlers.refused(place, 'The map cannot be read.'));
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'header':
        return this.handlers.header(message.name, message.header);
      case 'failed':
        return this.handlers.failed(message.name, message.reason);
      case 'map':
        return this.settle(message.id, (place) => this.handlers.map(place, message.map));
      case 'refusal':
        return this.settle(message.id, (place) => this.handlers.refused(place, message.reason));
    }
  }

  private settle(id: unknown, use: (place: Place) => void): void {
    const { asked, next } = this;
    if (id !== this.count || !asked) return;
    this.asked = this.next = undefined;
    // Also where another is wanted by now: of a slow file something is seen to move.
    use(asked);
    if (next) this.want(next);
  }
}
