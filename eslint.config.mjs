// What is an error here is a defect; what is a warning asks for a second look. The boundary rule needs the project graph:
// run `npm run lint`, never bare eslint, which would pass the rule in silence (tools/boundary-canary proves it is on).
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import typescript from 'typescript-eslint';

const SPECS = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', '**/testing/**/*.ts'];

/** Who may import whom, by the layer tags of the project.json files; the table is in ARCHITECTURE.md. */
const PURE = ['layer:contracts', 'layer:pure'];
const PLATFORM = ['layer:platform', 'layer:domain', ...PURE];
const MAY_IMPORT = {
  'layer:contracts': [],
  'layer:pure': [],
  'layer:domain': ['layer:contracts'],
  'layer:platform': PLATFORM,
  'layer:protocol-core': ['layer:domain', 'layer:contracts', 'scope:telemetry'],
  'layer:protocol': ['layer:protocol-core', 'layer:domain', ...PURE],
  'layer:protocol-registry': ['layer:protocol', 'layer:protocol-core'],
  'layer:feature': [...PLATFORM, 'layer:protocol-core'],
  'layer:app': [...PLATFORM, 'layer:feature', 'layer:protocol-core', 'layer:protocol-registry'],
  'layer:console': ['layer:domain', ...PURE],
  'layer:testing': [...PLATFORM, 'layer:feature', 'layer:testing'],
  'layer:e2e': [...PLATFORM, 'layer:testing'],
};
/** Protocols are tested with the in-memory twins of protocols/core, and pure code needs no database. */
const TESTED_WITH_SERVERS = ['layer:platform', 'layer:feature', 'layer:app'];

const boundaries = (inSpecs) => [
  'error',
  {
    allow: [],
    enforceBuildableLibDependency: false,
    // Dynamic imports keep simulators and listeners out of processes that do not need them; types stay static.
    checkDynamicDependenciesExceptions: ['.*'],
    // A lib's integration tests use the harness, which uses the lib.
    ignoredCircularDependencies: [['*', 'testing']],
    depConstraints: Object.entries(MAY_IMPORT).map(([sourceTag, tags]) => ({
      sourceTag,
      onlyDependOnLibsWithTags:
        inSpecs && TESTED_WITH_SERVERS.includes(sourceTag) ? [...tags, 'layer:testing'] : tags,
    })),
  },
];

const DATABASE = {
  regex: '^(typeorm|pg|@nestjs/typeorm)(/|$)',
  message: 'The database has one door: TenantDb in libs/persistence.',
};
const QUEUES = {
  regex: '^(bullmq|@nestjs/bullmq|ioredis)(/|$)',
  message: 'Queues are built by QueueFactory in libs/jobs alone.',
};
const NET_SNMP = {
  regex: '^net-snmp(/|$)',
  message: 'net-snmp stays behind the engine file of libs/protocols/snmp.',
};
const DEEP = {
  regex: '^@drm/[^/]+/(?!testing$|product$)',
  message: 'A lib is imported by its name: index.ts is its face.',
};

/** ESLint takes the last `no-restricted-imports` that matches a file whole, so each use names all that hold there. */
const restrictedImports = (...allowed) => [
  'error',
  {
    paths: [{ name: 'node:process', message: 'The environment is read in libs/config.' }],
    patterns: [DATABASE, QUEUES, NET_SNMP, DEEP].filter((pattern) => !allowed.includes(pattern)),
  },
];

const SYNTAX = [
  { selector: 'TSEnumDeclaration', message: 'No enum: `as const` and a union.' },
  { selector: 'ExportDefaultDeclaration', message: 'No default export: names are searched for.' },
  {
    selector:
      "ImportDeclaration[source.value='zod'] > :matches(ImportSpecifier[imported.name='z'], ImportDefaultSpecifier)",
    message: "import * as z from 'zod': the named import triples the bundle.",
  },
];

export default typescript.config(
  {
    ignores: [
      ...['**/node_modules/**', '**/dist/**', '**/.angular/**', '**/.nx/**', '**/.data/**'],
      ...['**/*.js', '**/*.mjs', '**/*.cjs', '**/*.d.ts', '**/*.d.mts'],
      'tools/boundary-canary/fixtures/**',
    ],
  },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': typescript.plugin, '@nx': nx },
    languageOptions: {
      parser: typescript.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'warn' },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(false),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-require-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'warn',
      '@typescript-eslint/max-params': ['warn', { max: 6 }],
      'no-restricted-imports': restrictedImports(),
      'no-restricted-syntax': ['error', ...SYNTAX],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in libs/config.' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
      complexity: ['warn', 15],
    },
  },
  {
    files: ['apps/console/**/*.ts'],
    languageOptions: {
      parserOptions: { project: './apps/console/tsconfig.spec.json', projectService: false },
    },
  },
  {
    files: SPECS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(true),
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['libs/persistence/**/*.ts'],
    rules: { 'no-restricted-imports': restrictedImports(DATABASE) },
  },
  {
    files: ['libs/jobs/**/*.ts', 'apps/worker/**/*.ts'],
    rules: { 'no-restricted-imports': restrictedImports(QUEUES) },
  },
  {
    // Wiring only: a feature's module registers its entities.
    files: ['apps/*/src/**/*.module.ts'],
    rules: { 'no-restricted-imports': restrictedImports(DATABASE) },
  },
  {
    files: ['libs/protocols/snmp/src/engine/net-snmp-*.ts'],
    rules: { 'no-restricted-imports': restrictedImports(NET_SNMP) },
  },
  {
    files: ['libs/testing/**/*.ts', 'tools/**/*.ts', 'apps/*-e2e/**/*.ts', '**/*.int-spec.ts'],
    rules: {
      'no-restricted-imports': restrictedImports(DATABASE, QUEUES),
      'no-restricted-properties': 'off',
    },
  },
  {
    // jest takes a default export only.
    files: ['libs/testing/src/product/global-*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...SYNTAX.filter((rule) => !/Default/.test(rule.selector))],
    },
  },
  {
    files: ['libs/config/**/*.ts', ...SPECS],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['tools/**/*.ts', 'apps/*-e2e/**/*.ts'], rules: { 'no-console': 'off' } },
  prettier,
);
