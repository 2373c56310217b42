import { readFileSync } from 'node:fs';
import type { Adapter } from './adapters';

/** A driver by the library that a process has loaded. */
export interface Driver {
  readonly name: string;
  /** It computes on the CPU, however it is asked. */
  readonly software?: boolean;
  /** PCI id of the vendor whose hardware it drives; undefined for those that pass on to another driver. */
  readonly vendorId?: number;
}

const libraries: readonly (readonly [pattern: RegExp, driver: Driver])[] = [
  [/vk_swiftshader/, { name: 'SwiftShader', software: true }],
  [/libvulkan_lvp\.|lvp_icd/, { name: 'llvmpipe (Mesa)', software: true }],
  [/d3d10warp\./, { name: 'WARP (Microsoft)', software: true }],
  [/libGLX_nvidia\.|libEGL_nvidia\.|nvwgf2umx|nvoglv64/, { name: 'NVIDIA', vendorId: 0x10de }],
  [/libvulkan_nouveau\./, { name: 'NVK (Mesa)', vendorId: 0x10de }],
  [/libvulkan_radeon\./, { name: 'RADV (Mesa)', vendorId: 0x1002 }],
  [/amdvlk64|amdxc64|amdxx64/, { name: 'AMD', vendorId: 0x1002 }],
  [/libvulkan_intel(_hasvk)?\./, { name: 'ANV (Mesa)', vendorId: 0x8086 }],
  [/igd12um|igvk64|igc64/, { name: 'Intel', vendorId: 0x8086 }],
  [/libvulkan_virtio\./, { name: 'Venus (Mesa)' }],
  [/libvulkan_dzn\./, { name: 'Dozen (Mesa, on Direct3D)' }],
  [/libvulkan_(asahi|freedreno|panfrost|broadcom|powervr)/, { name: 'Mesa' }],
  [/AGXMetal|MTLDriver|AMDRadeon.*Metal|IntelGraphics.*Metal/, { name: 'Metal' }],
];

/** The graphics drivers among the files that a process has loaded. */
export function driversAmong(files: readonly string[]): Driver[] {
  return libraries
    .filter(([pattern]) => files.some((file) => pattern.test(file)))
    .map(([, driver]) => driver);
}

/** The libraries that this process has loaded. */
export function loadedLibraries(): string[] {
  if (process.platform === 'linux') {
    // The fast way: a report also asks for the names of network addresses.
    const maps = readFileSync('/proc/self/maps', 'utf8');
    return [...new Set([...maps.matchAll(/\s(\/\S.*)$/gm)].map(([, file]) => file))];
  }
  const report = process.report?.getReport() as { sharedObjects?: string[] } | undefined;
  return report?.sharedObjects ?? [];
}

/**
 * Whether what answers as a GPU is a program on the CPU. A Vulkan loader loads every driver that is installed, fitting
 * or not: one counts when its hardware is there.
 */
export function isSoftware(drivers: readonly Driver[], adapters: readonly Adapter[]): boolean {
  const real = drivers.some(
    ({ software, vendorId }) =>
      !software && (vendorId === undefined || adapters.some((adapter) => adapter.vendorId === vendorId)),
  );
  return !real && drivers.some(({ software }) => software);
}
