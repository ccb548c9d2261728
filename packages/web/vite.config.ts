import { defineConfig } from 'vite';

/** What the page asks of the server while Vite has its files. */
const ANSWERED_BY_SERVER = ['/api', '/livez', '/readyz'];
const SERVER = process.env['LMS_URL'] ?? 'http://127.0.0.1:8080';

/** The page of `lms serve`. */
export default defineConfig({
  // Behind whatever path a proxy gives it.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // Short names: those of classes are a good part of what is loaded.
  css: { modules: { localsConvention: 'camelCaseOnly', generateScopedName: '_[hash:base64:5]' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2024',
    // The policy of the server allows no other source than itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What the first look takes is one file: compressed together it is smaller than in pieces.
        codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ANSWERED_BY_SERVER.map((path) => [path, { target: SERVER, changeOrigin: true }]),
    ),
  },
});
