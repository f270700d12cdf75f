// Proves that the gates are on: lints text that breaks each rule, and fails unless exactly that is reported. The boundary
// rule passes in silence when it finds no project graph, so a green lint alone proves nothing.
import { ESLint } from 'eslint';

interface Canary {
  readonly title: string;
  /** An existing file, so that tags and types are those of its project; its text is replaced in memory only. */
  readonly file: string;
  readonly text: string;
  /** null: nothing may be reported. */
  readonly rule: string | null;
}

const BOUNDARY = '@nx/enforce-module-boundaries';
const IMPORTS = 'no-restricted-imports';
const SYNTAX = 'no-restricted-syntax';
const importing = (name: string): string => `import * as seen from '${name}';\nvoid seen;\n`;

const CANARIES: readonly Canary[] = [
  {
    title: 'contracts import nothing of ours',
    file: 'libs/contracts/src/index.ts',
    text: importing('@drm/domain'),
    rule: BOUNDARY,
  },
  {
    title: 'domain imports no platform lib',
    file: 'libs/domain/src/index.ts',
    text: importing('@drm/config'),
    rule: BOUNDARY,
  },
  {
    title: 'a platform lib imports no feature',
    file: 'libs/config/src/index.ts',
    text: importing('@drm/devices'),
    rule: BOUNDARY,
  },
  {
    title: 'a platform lib imports the harness in tests only',
    file: 'libs/config/src/index.ts',
    text: importing('@drm/testing'),
    rule: BOUNDARY,
  },
  {
    title: 'protocols/core imports of the platform only telemetry',
    file: 'libs/protocols/core/src/index.ts',
    text: importing('@drm/persistence'),
    rule: BOUNDARY,
  },
  {
    title: 'a protocol imports no platform lib',
    file: 'libs/protocols/snmp/src/index.ts',
    text: importing('@drm/jobs'),
    rule: BOUNDARY,
  },
  {
    title: 'an app imports no protocol directly',
    file: 'apps/gateway/src/main.ts',
    text: importing('@drm/protocol-snmp'),
    rule: BOUNDARY,
  },
  {
    title: 'an app imports no other app',
    file: 'apps/gateway/src/main.ts',
    text: importing('../../api/src/main.ts'),
    rule: BOUNDARY,
  },
  {
    title: 'an app imports no test harness',
    file: 'apps/gateway/src/main.ts',
    text: importing('@drm/testing'),
    rule: BOUNDARY,
  },
  {
    title: 'the console imports no server code',
    file: 'apps/console/src/main.ts',
    text: importing('@drm/auth'),
    rule: BOUNDARY,
  },
  {
    title: 'an app may import a platform lib',
    file: 'apps/gateway/src/main.ts',
    text: importing('@drm/config'),
    rule: null,
  },
  {
    title: 'protocols/core may import telemetry',
    file: 'libs/protocols/core/src/index.ts',
    text: importing('@drm/telemetry'),
    rule: null,
  },
  {
    title: 'TypeORM lives in libs/persistence',
    file: 'libs/config/src/index.ts',
    text: importing('typeorm'),
    rule: IMPORTS,
  },
  {
    title: 'pg lives in libs/persistence',
    file: 'apps/gateway/src/main.ts',
    text: importing('pg'),
    rule: IMPORTS,
  },
  {
    title: 'BullMQ lives in libs/jobs',
    file: 'libs/config/src/index.ts',
    text: importing('bullmq'),
    rule: IMPORTS,
  },
  {
    title: 'net-snmp lives in one engine file',
    file: 'libs/protocols/snmp/src/index.ts',
    text: importing('net-snmp'),
    rule: IMPORTS,
  },
  {
    title: 'a lib is imported by its face',
    file: 'apps/gateway/src/main.ts',
    text: importing('@drm/config/src/environments.ts'),
    rule: IMPORTS,
  },
  {
    title: 'zod is imported as a namespace',
    file: 'libs/contracts/src/index.ts',
    text: "import { z } from 'zod';\nvoid z;\n",
    rule: SYNTAX,
  },
  {
    title: 'no enum',
    file: 'libs/domain/src/index.ts',
    text: 'export enum Colour {\n  Red,\n}\n',
    rule: SYNTAX,
  },
  {
    title: 'no default export',
    file: 'libs/domain/src/index.ts',
    text: 'export default 1;\n',
    rule: SYNTAX,
  },
  {
    title: 'the environment is read in libs/config',
    file: 'libs/telemetry/src/index.ts',
    text: "export const home = process.env['HOME'];\n",
    rule: 'no-restricted-properties',
  },
  {
    title: 'no any',
    file: 'libs/domain/src/index.ts',
    text: 'export const anything: any = 1;\n',
    rule: '@typescript-eslint/no-explicit-any',
  },
  {
    title: 'no floating promise (types are known)',
    file: 'libs/telemetry/src/index.ts',
    text: 'async function work(): Promise<void> {\n  await Promise.resolve();\n}\nwork();\n',
    rule: '@typescript-eslint/no-floating-promises',
  },
];

async function faultOf(eslint: ESLint, { file, text, rule }: Canary): Promise<string | null> {
  const [result] = await eslint.lintText(text, { filePath: file });
  const errors = result?.messages.filter(({ severity }) => severity === 2) ?? [];
  if (errors.some(({ fatal }) => fatal === true)) return errors[0]?.message ?? 'not parsed';
  const found = errors.map(({ ruleId }) => ruleId ?? 'unknown');
  if (rule === null) return found.length === 0 ? null : `reported by ${found.join(', ')}`;
  return found.includes(rule) ? null : `${rule} does not report it`;
}

// On a build server (CI=true) the parser would take a file's text from the disk instead of the text given to it.
process.env['TSESTREE_SINGLE_RUN'] = 'false';
const eslint = new ESLint();
let faults = 0;
for (const canary of CANARIES) {
  const fault = await faultOf(eslint, canary);
  if (fault === null) continue;
  faults += 1;
  console.error(`canary "${canary.title}" (${canary.file}): ${fault}`);
}
console.log(`${CANARIES.length - faults} of ${CANARIES.length} canaries sing`);
process.exit(faults === 0 ? 0 : 1);
