import { configDefaults, defineConfig, type TestProjectConfiguration } from 'vitest/config';

/**
 * Unit tests start nothing; the others share real servers that the run starts, see test/support/servers.ts.
 * Standalone tests do not use the MySQL server of these, or do not care which it is: they are run once.
 */
const projects: TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'unit',
      include: ['test/**/*.test.ts'],
      exclude: [
        ...configDefaults.exclude,
        ...['contract', 'integration', 'standalone', 'gcp'].map((folder) => `test/${folder}/**`),
      ],
      testTimeout: 30_000,
    },
  },
  onServers('contract'),
  onServers('integration'),
  onServers('standalone'),
  {
    extends: true,
    test: {
      name: 'e2e',
      include: ['e2e/**/*.test.ts'],
      globalSetup: 'test/support/global-setup.ts',
      // What they print is for whoever runs them.
      disableConsoleIntercept: true,
    },
  },
  // On a project of Google Cloud; by `make test-gcp` alone.
  {
    extends: true,
    test: {
      name: 'gcp',
      include: ['test/gcp/**/*.test.ts'],
      globalSetup: ['test/support/global-setup.ts', 'test/gcp/global-setup.ts'],
      testTimeout: 180_000,
      hookTimeout: 60_000,
      disableConsoleIntercept: true,
    },
  },
  // Starts servers of its own, to kill them.
  { extends: true, test: { name: 'chaos', include: ['chaos/**/*.test.ts'], disableConsoleIntercept: true } },
];

function onServers(name: string): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      globalSetup: 'test/support/global-setup.ts',
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
}

export default defineConfig({
  test: {
    projects,
    // Processes, not threads: tests send signals and look at memory.
    pool: 'forks',
    maxWorkers: 2,
    // What a test waits for may take long on a machine with much to do.
    expect: { poll: { timeout: 20_000 } },
    // Google's client looks for a metadata server for 3 s otherwise.
    env: { METADATA_SERVER_DETECTION: 'none' },
    // A machine that adds up several runs reads the files.
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: `output/test-results/${String(process.pid)}.json` }]]
      : ['default'],
    // What the `lms` processes of the tests run is not counted: only what runs inside vitest.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'packages/*/src/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: { lines: 90 },
    },
  },
});
