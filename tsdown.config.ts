import { defineConfig, type UserConfig } from 'tsdown';

/** What all packages have in common: ESM and CommonJS with their types, from one file. */
const common: UserConfig = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  fixedExtension: false,
  logLevel: 'warn',
  inputOptions: { checks: { pluginTimings: false } },
};

/** The packages beside the server, by their folders. */
export default defineConfig([
  // For browsers too: nothing of Node, and small.
  { ...common, cwd: 'packages/client', platform: 'neutral', minify: true },
  // What it has of the server's code is bundled; a program of CommonJS gets the transport itself.
  {
    ...common,
    cwd: 'packages/log',
    entry: ['src/index.ts', 'src/pino.ts'],
    platform: 'node',
    target: 'node22',
    // pino takes the member called default, whatever else a module has.
    inputOptions: { checks: { pluginTimings: false, mixedExports: false } },
  },
]);
