import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface LintStep {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Runs only when this file exists (from the root); its absence is said, not hidden. */
  readonly needs?: string;
}

export interface LintResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  readonly output: string;
}

const script = (file: string, ...args: string[]): LintStep['command'] => [
  process.execPath,
  ...['--conditions=@drm/source', '--import', './tools/swc-register.mjs', file, ...args],
];

/**
 * Everything that needs no running server, in an order that says the most first. Steps of one row run together: they share
 * no files, and a machine with two cores is busy with two.
 */
export const LINT_STEPS: readonly (readonly LintStep[])[] = [
  [
    { name: 'types: server, libs, tools', command: ['tsc', '-p', 'tsconfig.json', '--noEmit'] },
    {
      name: 'types: console and its templates',
      command: ['ngc', '-p', 'apps/console/tsconfig.app.json', '--noEmit'],
      needs: 'apps/console/tsconfig.app.json',
    },
  ],
  [
    {
      name: 'types: tests of the console',
      command: ['tsc', '-p', 'apps/console/tsconfig.spec.json', '--noEmit'],
      needs: 'apps/console/tsconfig.spec.json',
    },
    { name: 'project graph', command: [process.execPath, 'tools/lint/project-graph.mjs'] },
  ],
  [
    { name: 'eslint', command: ['eslint', '.'] },
    { name: 'boundary canary', command: script('tools/boundary-canary/canary.ts') },
  ],
  [
    { name: 'circular imports', command: script('tools/lint/check-cycles.ts') },
    { name: 'formatting', command: ['prettier', '--check', '--log-level=warn', '.'] },
  ],
  [
    {
      name: 'protocol registry is current',
      command: script('tools/protocol-registry/generate.ts', '--check'),
      needs: 'tools/protocol-registry/generate.ts',
    },
    {
      name: 'generated documents are current',
      command: script('tools/docs/generate.ts', '--check'),
      needs: 'tools/docs/generate.ts',
    },
  ],
];

/** Runs one step from the root, with npm's programs first on the path. */
export function runStep(root: string, step: LintStep): Promise<LintResult> {
  const started = performance.now();
  if (step.needs !== undefined && !existsSync(join(root, step.needs))) {
    const output = `there is no ${step.needs}`;
    return Promise.resolve({ name: step.name, outcome: 'skipped', seconds: 0, output });
  }
  const [program, ...args] = step.command;
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
        NX_DAEMON: 'false',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    const end = (isGood: boolean): void =>
      resolve({
        name: step.name,
        outcome: isGood ? 'passed' : 'failed',
        seconds: (performance.now() - started) / 1000,
        output: output.trim(),
      });
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}

const MARK = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const;

/** Runs all steps; a failed one does not hide the rest. */
export async function runLint(root: string, say: (line: string) => void): Promise<LintResult[]> {
  const results: LintResult[] = [];
  for (const row of LINT_STEPS) {
    for (const result of await Promise.all(row.map((step) => runStep(root, step)))) {
      results.push(result);
      say(`${MARK[result.outcome]} ${result.name} (${result.seconds.toFixed(1)} s)`);
      // Warnings of a step that passed are worth a look, too.
      if (result.outcome !== 'passed' || result.name === 'eslint') {
        if (result.output !== '') say(result.output.replace(/^/gm, '     '));
      }
    }
  }
  return results;
}
