import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    // Native modules are at home in processes; a crash in one takes a single file of tests along.
    pool: 'forks',
    // As in the bundles: ES modules, so that imports of inner files of tfjs-core meet the same copy.
    server: { deps: { inline: [/@tensorflow\//] } },
    // Trainings and child processes on a loaded machine; a test that hangs still ends.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
