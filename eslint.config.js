import vitest from '@vitest/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import simpleImportSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

const shortFiles = { 'max-lines': ['error', { max: 300 }] };
const shortFunctions = {
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
};

/** A detour around the type checker hides a bug or a wrong type; neither has a place here. */
const noDoubleCast = {
  'no-restricted-syntax': [
    'error',
    {
      selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]',
      message: 'Give the value its true type, or parse it.',
    },
  ],
};

/**
 * One block, sorted: Node's modules, packages, then files from the farthest to the nearest. `eslint --fix` does
 * it.
 */
const sortedImports = {
  'simple-import-sort/imports': ['error', { groups: [['^node:', '^@?\\w', '^\\.\\.', '^\\.']] }],
};

export default defineConfig(
  globalIgnores(['dist/', 'packages/*/dist/', 'coverage/', '/output/', 'packages/client/src/openapi.ts']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'simple-import-sort': simpleImportSort, vitest },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    rules: {
      ...noDoubleCast,
      ...sortedImports,
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  { files: ['**/*.{ts,tsx}'], rules: shortFiles },
  // A list, in one file for whoever translates it.
  { files: ['packages/web/src/text.ts'], rules: { 'max-lines': ['error', { max: 500 }] } },
  // A `describe` is a function too, and may have many tests.
  { files: ['**/*.{ts,tsx}'], ignores: ['test/**'], rules: shortFunctions },
  {
    // A test may look at what it knows to be there, and stand in for what is asynchronous without waiting for
    // anything.
    files: ['test/**/*.ts', 'e2e/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // One word for one thing, with describe around it or not.
    files: ['test/**/*.ts', 'e2e/**/*.ts', 'chaos/**/*.ts', 'examples/**/*.ts'],
    rules: { 'vitest/consistent-test-it': ['error', { fn: 'it', withinDescribe: 'it' }] },
  },
  {
    // winston and the transport name the class of transports in two ways, which the rule takes for two classes.
    files: ['examples/winston.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  { files: ['*.js', '*.cjs'], extends: [tseslint.configs.disableTypeChecked] },
);
