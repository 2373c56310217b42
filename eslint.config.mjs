import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The three import rules of the design: what each room may see. */
const vscodeOnlyInHost = {
  name: 'vscode',
  message: 'Only extension.ts, commands, panels, runs and settings.ts may import vscode.',
};
const outsideCore = {
  regex: String.raw`^(\.\./)+(commands|panels|runs|trainer|reader|threads|protocol|cli|extension|settings)(/|$|\.)`,
  message: 'core imports nothing outside core.',
};

export default tseslint.config(
  { ignores: ['dist', 'out-test', 'node_modules', '**/*.clusters'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-restricted-imports': ['error', { paths: [vscodeOnlyInHost] }],
    },
  },
  {
    files: ['src/extension.ts', 'src/settings.ts', 'src/{commands,panels,runs}/**/*.ts', 'test/host/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [vscodeOnlyInHost], patterns: [outsideCore] }],
      'no-restricted-globals': ['error', 'window', 'document'],
    },
  },
  {
    files: ['webview/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [vscodeOnlyInHost],
          patterns: [
            {
              regex: String.raw`/src/(?!protocol/|core/)`,
              message: 'Webviews import protocol and the types of core, nothing else of src.',
            },
            {
              regex: String.raw`/src/core/`,
              allowTypeImports: true,
              message: 'Webviews take only types from core.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  {
    files: ['esbuild.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'readonly', __dirname: 'readonly' },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
