import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Adapter } from './adapters';

/** What a tool of the system says of a graphics processor. */
export interface AdapterDetails {
  readonly name: string;
  readonly memoryMiB?: number;
  readonly driver?: string;
  readonly bus?: string;
}

/**
 * Names, memory and drivers of the adapters, as far as the system tells without further software: `nvidia-smi` where it
 * is installed, the kernel and the list of PCI ids on Linux, PowerShell on Windows, the system profiler on macOS.
 */
export async function withDetails(adapters: readonly Adapter[]): Promise<Adapter[]> {
  const nvidia = parseNvidiaSmi(
    await output('nvidia-smi', [
      '--query-gpu=name,driver_version,memory.total,pci.bus_id',
      '--format=csv,noheader,nounits',
    ]),
  );
  switch (process.platform) {
    case 'linux': {
      const named = await Promise.all(adapters.map(fromKernel));
      return merge(named, nvidia);
    }
    case 'win32': {
      const query =
        'Get-CimInstance Win32_VideoController | Select-Object Name,DriverVersion | ConvertTo-Json';
      const controllers = parseVideoControllers(
        await output('powershell.exe', ['-NoProfile', '-Command', query]),
      );
      return merge(merge(adapters, controllers), nvidia);
    }
    case 'darwin':
      return merge(
        adapters,
        parseSystemProfiler(await output('system_profiler', ['SPDisplaysDataType', '-json'])),
      );
    default:
      return [...adapters];
  }
}

/** Lines "name, driver, MiB, bus". */
export function parseNvidiaSmi(text: string): AdapterDetails[] {
  return text.split('\n').flatMap((line) => {
    const [name, driver, memory, bus] = line.split(',').map((cell) => cell.trim());
    if (!bus) return [];
    const memoryMiB = Number(memory);
    return [
      {
        name,
        driver: `NVIDIA ${driver}`,
        // "00000000:01:00.0", with a longer domain than the kernel's.
        bus: bus.toLowerCase().replace(/^0000(?=[\da-f]{4}:)/, ''),
        ...(Number.isFinite(memoryMiB) && { memoryMiB }),
      },
    ];
  });
}

/** The JSON of Win32_VideoController: one object, or several. */
export function parseVideoControllers(text: string): AdapterDetails[] {
  const parsed = json(text) as { Name?: string; DriverVersion?: string }[] | object | undefined;
  return [parsed ?? []]
    .flat()
    .flatMap(({ Name, DriverVersion }: { Name?: string; DriverVersion?: string }) =>
      Name ? [{ name: Name, ...(DriverVersion && { driver: DriverVersion }) }] : [],
    );
}

/** The JSON of the system profiler: `sppci_model`, and `spdisplays_vram` ("8 GB") where memory is not shared. */
export function parseSystemProfiler(text: string): AdapterDetails[] {
  const parsed = json(text) as { SPDisplaysDataType?: Record<string, string>[] } | undefined;
  return (parsed?.SPDisplaysDataType ?? []).map((display) => {
    const [, amount, unit] = /^(\d+) (MB|GB)$/.exec(display.spdisplays_vram ?? '') ?? [];
    return {
      name: display.sppci_model ?? display._name ?? 'unknown',
      ...(amount && { memoryMiB: Number(amount) * (unit === 'GB' ? 1024 : 1) }),
    };
  });
}

/** The name of a device in the list of PCI ids: vendors at the beginning of lines, their devices after one tab. */
export function nameInPciIds(list: string, vendorId: number, deviceId: number): string | undefined {
  const hex = (id: number): string => id.toString(16).padStart(4, '0');
  const vendor = new RegExp(`^${hex(vendorId)}  .*\\n((?:[#\\t].*\\n)*)`, 'm').exec(list)?.[1];
  return new RegExp(`^\\t${hex(deviceId)}  (.*)$`, 'm').exec(vendor ?? '')?.[1];
}

/**
 * Details that belong to an adapter by its place on the bus or by its name replace what is known of it; those that
 * belong to none are adapters of their own.
 */
export function merge(adapters: readonly Adapter[], details: readonly AdapterDetails[]): Adapter[] {
  const open = [...details];
  const merged = adapters.map((adapter) => {
    let at = open.findIndex(({ bus, name }) => (bus ? bus === adapter.bus : name === adapter.name));
    // The only one of its maker needs no address.
    if (at < 0 && adapters.length === 1 && open.length === 1) at = 0;
    if (at < 0) return adapter;
    const [found] = open.splice(at, 1);
    return { ...adapter, ...found };
  });
  return [
    ...merged,
    ...open.map((found) => ({ vendor: found.name.split(' ')[0], vendorId: 0, deviceId: 0, ...found })),
  ];
}

async function fromKernel(adapter: Adapter): Promise<Adapter> {
  const folder = adapter.bus
    ? path.join('/sys/bus/pci/devices', adapter.bus)
    : adapter.card !== undefined
      ? `/sys/class/drm/card${adapter.card}/device`
      : undefined;
  if (!folder) return adapter;
  const bus = adapter.bus ?? (await quietly(async () => path.basename(await readlink(folder))));
  const driver = await quietly(async () => path.basename(await readlink(path.join(folder, 'driver'))));
  const memory = Number(await text(path.join(folder, 'mem_info_vram_total')));
  const lists = await Promise.all(['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'].map(text));
  const name = lists
    .map((list) => nameInPciIds(list, adapter.vendorId, adapter.deviceId))
    .find((found) => found !== undefined);
  return {
    ...adapter,
    ...(name !== undefined && { name: `${adapter.vendor} ${name}` }),
    ...(bus !== undefined && { bus }),
    ...(driver !== undefined && { driver: `${driver} (kernel)` }),
    ...(memory > 0 && { memoryMiB: Math.round(memory / 2 ** 20) }),
  };
}

const text = async (file: string): Promise<string> => (await quietly(() => readFile(file, 'utf8'))) ?? '';

async function output(program: string, args: readonly string[]): Promise<string> {
  return (
    (await quietly(async () => (await promisify(execFile)(program, args, { timeout: 5000 })).stdout)) ?? ''
  );
}

function json(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** What cannot be found out is left out. */
async function quietly<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
