/** Graphics processors, as ONNX Runtime finds them: it writes each one to its log when it is first used. */
export interface Adapter {
  /** "NVIDIA GeForce RTX 4090"; vendor and number where the system does not tell its name. */
  readonly name: string;
  readonly vendor: string;
  /** PCI ids. */
  readonly vendorId: number;
  readonly deviceId: number;
  readonly discrete?: boolean;
  readonly memoryMiB?: number;
  /** Name and version of the driver, where they are known. */
  readonly driver?: string;
  /** Where it is on the bus, as "0000:01:00.0". */
  readonly bus?: string;
  /** Its number among Linux's graphics cards. */
  readonly card?: number;
}

const vendors: Readonly<Record<number, string>> = {
  0x1002: 'AMD',
  0x10de: 'NVIDIA',
  0x106b: 'Apple',
  0x1414: 'Microsoft',
  0x15ad: 'VMware',
  0x1af4: 'virtio',
  0x5143: 'Qualcomm',
  0x8086: 'Intel',
};

/** ONNX Runtime's numbers for kinds of hardware: 0 a CPU, 1 a GPU, 2 an NPU. */
const GPU = '1';

/** The graphics processors that ONNX Runtime's log names, each once. */
export function parseAdapters(log: string): Adapter[] {
  const found = new Map<string, Adapter>();
  const line =
    /OrtHardwareDevice \{vendor_id:(0x[\da-f]+), device_id:(0x[\da-f]+), vendor:(.*?), type:(\d+), metadata: \[(.*)\]\}/gi;
  for (const [text, vendorId, deviceId, vendor, type, metadata] of log.matchAll(line)) {
    if (type !== GPU || found.has(text)) continue;
    const given = Object.fromEntries(
      [...metadata.matchAll(/(\w+)=(.*?)(?=, \w+=|$)/g)].map(([, key, value]) => [key, value.trim()]),
    ) as Record<string, string | undefined>;
    const id = Number(vendorId);
    const maker = vendors[id] ?? (vendor || `vendor ${vendorId}`);
    const memory = /^(\d+) MB$/.exec(given.DxgiVideoMemory ?? '')?.[1];
    found.set(text, {
      name: given.Description || `${maker} graphics ${deviceId}`,
      vendor: maker,
      vendorId: id,
      deviceId: Number(deviceId),
      ...(given.Discrete !== undefined && { discrete: given.Discrete === '1' }),
      ...(memory !== undefined && { memoryMiB: Number(memory) }),
      ...(given.pci_bus_id && { bus: given.pci_bus_id.toLowerCase() }),
      ...(given.card_idx && { card: Number(given.card_idx) }),
    });
  }
  return [...found.values()];
}
