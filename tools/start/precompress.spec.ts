import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { precompress } from './precompress.ts';

const folder = mkdtempSync(join(tmpdir(), 'drm-precompress-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('precompress', () => {
  it('puts both forms beside large text files and leaves the rest alone', async () => {
    const script = 'console.log("text");'.repeat(100);
    writeFileSync(join(folder, 'main.js'), script);
    writeFileSync(join(folder, 'small.css'), 'a{}');
    writeFileSync(join(folder, 'picture.png'), Buffer.alloc(4096));
    await precompress(folder);
    expect(readdirSync(folder).sort()).toEqual([
      'main.js',
      'main.js.br',
      'main.js.gz',
      'picture.png',
      'small.css',
    ]);
    expect(brotliDecompressSync(readFileSync(join(folder, 'main.js.br'))).toString()).toBe(script);
    expect(gunzipSync(readFileSync(join(folder, 'main.js.gz'))).toString()).toBe(script);
  });
});
