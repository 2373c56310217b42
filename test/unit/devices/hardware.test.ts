import { describe, expect, it } from 'vitest';
import { parseAdapters } from '../../../src/core/devices/adapters';
import {
  merge,
  nameInPciIds,
  parseNvidiaSmi,
  parseSystemProfiler,
  parseVideoControllers,
} from '../../../src/core/devices/details';
import { driversAmong, isSoftware } from '../../../src/core/devices/drivers';

const line = (rest: string): string =>
  `2026-11-23 19:34:54.378883714 [I:onnxruntime:onnxruntime-node, device_discovery_common.cc:34 operator()] Discovered OrtHardwareDevice {${rest}}`;
const windows = line(
  'vendor_id:0x10de, device_id:0x2786, vendor:NVIDIA, type:1, metadata: [Description=NVIDIA GeForce RTX 4070, Discrete=1, DxgiAdapterNumber=0, DxgiHighPerformanceIndex=0, DxgiVideoMemory=11994 MB, LUID=64318]',
);
const linux = line(
  'vendor_id:0x8086, device_id:0x46a6, vendor:, type:1, metadata: [card_idx=1, Discrete=0, pci_bus_id=0000:00:02.0]',
);
const processor = line('vendor_id:0x1022, device_id:0x0, vendor:AMD, type:0, metadata: []');

describe('the hardware in the log of ONNX Runtime', () => {
  it('is every graphics processor once, and no other device', () => {
    expect(parseAdapters([processor, windows, windows, linux, 'something else'].join('\n'))).toEqual([
      {
        name: 'NVIDIA GeForce RTX 4070',
        vendor: 'NVIDIA',
        vendorId: 0x10de,
        deviceId: 0x2786,
        discrete: true,
        memoryMiB: 11994,
      },
      {
        name: 'Intel graphics 0x46a6',
        vendor: 'Intel',
        vendorId: 0x8086,
        deviceId: 0x46a6,
        discrete: false,
        bus: '0000:00:02.0',
        card: 1,
      },
    ]);
  });

  it('is none where there is only a CPU', () => {
    expect(parseAdapters(processor)).toEqual([]);
  });
});

describe('drivers', () => {
  const [intel] = parseAdapters(linux);
  const libraries = (...names: string[]): string[] => names.map((name) => `/usr/lib/${name}`);

  it('are known by the libraries that a process has loaded', () => {
    const drivers = driversAmong(libraries('libvulkan.so.1', 'libvulkan_lvp.so', 'libvulkan_intel.so'));
    expect(drivers.map(({ name }) => name)).toEqual(['llvmpipe (Mesa)', 'ANV (Mesa)']);
    expect(driversAmong(libraries('libc.so.6'))).toEqual([]);
  });

  it('are software when no hardware answers to the others', () => {
    const both = driversAmong(libraries('libvulkan_lvp.so', 'libvulkan_intel.so'));
    expect(isSoftware(both, [intel])).toBe(false);
    expect(isSoftware(both, [])).toBe(true);
    expect(isSoftware(driversAmong(libraries('libvk_swiftshader.so')), [])).toBe(true);
    expect(isSoftware(driversAmong(libraries('libvk_swiftshader.so')), [intel])).toBe(true);
    // Passed on to a driver outside.
    expect(isSoftware(driversAmong(libraries('libvulkan_lvp.so', 'libvulkan_dzn.so')), [])).toBe(false);
    expect(isSoftware([], [])).toBe(false);
  });
});

describe('what the system tells of adapters', () => {
  it('is read from nvidia-smi', () => {
    expect(
      parseNvidiaSmi(
        'NVIDIA RTX A2000, 535.183.01, 6138, 00000000:01:00.0\nNVIDIA X, 535.1, [N/A], 00000000:02:00.0\n',
      ),
    ).toEqual([
      { name: 'NVIDIA RTX A2000', driver: 'NVIDIA 535.183.01', memoryMiB: 6138, bus: '0000:01:00.0' },
      { name: 'NVIDIA X', driver: 'NVIDIA 535.1', bus: '0000:02:00.0' },
    ]);
    expect(parseNvidiaSmi('NVIDIA-SMI has failed because it could not communicate with the driver.')).toEqual(
      [],
    );
  });

  it('is read from Windows, one controller or several', () => {
    const one = { Name: 'Intel(R) Iris(R) Xe Graphics', DriverVersion: '31.0.101' };
    const expected = { name: one.Name, driver: '31.0.101' };
    expect(parseVideoControllers(JSON.stringify(one))).toEqual([expected]);
    expect(parseVideoControllers(JSON.stringify([one, one]))).toEqual([expected, expected]);
    expect(parseVideoControllers('')).toEqual([]);
  });

  it('is read from the profiler of macOS', () => {
    const displays = [
      { _name: 'Apple M2', sppci_model: 'Apple M2', sppci_cores: '10' },
      { _name: 'Radeon', sppci_model: 'AMD Radeon Pro 5500M', spdisplays_vram: '8 GB' },
    ];
    expect(parseSystemProfiler(JSON.stringify({ SPDisplaysDataType: displays }))).toEqual([
      { name: 'Apple M2' },
      { name: 'AMD Radeon Pro 5500M', memoryMiB: 8192 },
    ]);
  });

  it('is read from the list of PCI ids', () => {
    const list =
      '# a comment\n10de  NVIDIA\n\t46a6  Not this one\n8086  Intel Corporation\n\t4680  UHD\n\t46a6  Iris Xe\n\t\t1028 0b19  A board\nffff  Other\n';
    expect(nameInPciIds(list, 0x8086, 0x46a6)).toBe('Iris Xe');
    expect(nameInPciIds(list, 0x8086, 0x1028)).toBeUndefined();
    expect(nameInPciIds(list, 0x1002, 0x46a6)).toBeUndefined();
    expect(nameInPciIds('', 0x8086, 0x46a6)).toBeUndefined();
  });

  it('goes to the adapter with the same place or name; the rest are adapters of their own', () => {
    const [nvidia, intel] = parseAdapters(`${windows}\n${linux}`);
    const details = [
      { name: 'UHD', bus: '0000:00:02.0', driver: 'i915' },
      { name: 'NVIDIA GeForce RTX 4070', driver: '546.1' },
      { name: 'Other Card', bus: '0000:09:00.0' },
    ];
    const merged = merge([nvidia, intel], details);
    expect(merged.map(({ name, driver }) => [name, driver])).toEqual([
      ['NVIDIA GeForce RTX 4070', '546.1'],
      ['UHD', 'i915'],
      ['Other Card', undefined],
    ]);
    expect(merged[0].memoryMiB).toBe(11994);
  });
});
