import presets from 'jest-preset-angular/presets/index.js';

const { createEsmPreset } = presets;

export default {
  ...createEsmPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' }),
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/jest-setup.ts'],
  testEnvironmentOptions: { customExportConditions: ['@drm/source', 'browser', 'module'] },
};
