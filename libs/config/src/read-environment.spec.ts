import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { ConfigError, readEnvironment } from './read-environment.ts';

const schema = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  SECRET: z.string().min(8),
  DEMO: z.stringbool().default(true),
});
const folder = mkdtempSync(join(tmpdir(), 'drm-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readEnvironment', () => {
  it('reads text into numbers and booleans', () => {
    expect(readEnvironment(schema, { PORT: '81', SECRET: 'long enough', DEMO: 'FALSE' })).toEqual({
      PORT: 81,
      SECRET: 'long enough',
      DEMO: false,
    });
  });

  it('takes empty text as absent', () => {
    expect(readEnvironment(schema, { PORT: '', SECRET: 'long enough' }).PORT).toBe(8080);
  });

  it('reads a secret from the file that NAME_FILE names', () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'from the file\n');
    expect(readEnvironment(schema, { SECRET_FILE: file }).SECRET).toBe('from the file');
  });

  it('lists every fault by name and never shows a value', () => {
    const read = (): unknown => readEnvironment(schema, { PORT: 'eighty', SECRET: 'short' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/PORT:[\s\S]*SECRET:/);
    expect(read).not.toThrow(/eighty|short/);
  });

  it('names a file that is not there', () => {
    expect(() => readEnvironment(schema, { SECRET_FILE: join(folder, 'absent') })).toThrow(
      /SECRET_FILE/,
    );
  });
});
