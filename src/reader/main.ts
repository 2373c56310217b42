/** Entry of dist/reader.js: the thread that reads and computes what panels show. */
import { parentPort } from 'node:worker_threads';
import { serveReader } from './serve';

if (!parentPort) throw new Error('The reader is started by the extension, not by hand.');
const port = parentPort;
serveReader(
  { post: (message) => port.postMessage(message), onMessage: (listener) => port.on('message', listener) },
  () => port.close(),
);
