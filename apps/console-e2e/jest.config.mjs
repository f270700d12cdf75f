// Journeys from outside, by HTTP and in real Chromium, on one started product: one file after the other.
const root = new URL('../..', import.meta.url).pathname;

export default {
  rootDir: root,
  roots: ['<rootDir>/apps/api-e2e/src', '<rootDir>/apps/console-e2e/src'],
  testMatch: ['**/*.e2e-spec.ts'],
  setupFiles: [],
  globalSetup: '<rootDir>/libs/testing/src/product/global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/src/product/global-teardown.ts',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testEnvironment: 'node',
  maxWorkers: 1,
  testTimeout: 90_000,
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['@drm/source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
