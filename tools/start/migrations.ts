import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/**
 * Runs the migration program of the api (`up`, `seed`); its output goes to the log, and to the terminal when it fails.
 * @throws StartError with what the program said last
 */
export function runMigrations(
  root: string,
  command: 'up' | 'seed',
  env: Readonly<Record<string, string>>,
  logFile: string,
  signal: AbortSignal,
): Promise<void> {
  const script = join(root, 'dist/apps/api/migrate.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', script, command], {
      cwd: root,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      appendFileSync(logFile, output, { mode: 0o600 });
      if (code === 0) resolve();
      else {
        const said = output.trim().split('\n').slice(-15).join('\n');
        reject(new StartError(`migrate ${command} failed (exit code ${code ?? '?'}):\n${said}`));
      }
    });
  });
}
