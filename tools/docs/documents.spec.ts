import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { permissionsDocument, problemsDocument } from './contract-tables.ts';
import { environmentTable } from './environment-table.ts';
import { replaceSection } from './markdown-section.ts';

describe('the environment table', () => {
  const table = environmentTable([
    {
      process: 'api',
      schema: z.object({
        PORT: z.coerce.number().default(8080).meta({ description: 'HTTP port' }),
        URL: z.string().meta({ description: 'where | how' }),
        SECRET: z.string().meta({ description: 'inner' }).optional(),
      }),
    },
    { process: 'worker', schema: z.object({ PORT: z.coerce.number().default(8081) }) },
  ]);

  it('names what is required, what has a default and what may be absent', () => {
    expect(table).toContain('| `URL` | **required** | api | where \\| how |');
    expect(table).toContain('| `SECRET` | – | api | inner |');
  });

  it('names each default when processes differ', () => {
    expect(table).toContain('| `PORT` | api `8080`, worker `8081` | all | HTTP port |');
  });
});

describe('tables of the contracts', () => {
  it('show that only the platform administrator may administer tenants', () => {
    expect(permissionsDocument()).toMatch(/`tenants:admin` \|[^|]+\| {2}\| {2}\| {2}\| yes \|/);
  });

  it('show a code with its status and type', () => {
    expect(problemsDocument()).toContain('| `device.not_found` | 404 | Device not found |');
  });
});

describe('a section of a document', () => {
  const text = 'a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n';

  it('is replaced, and replaced again to the same', () => {
    const once = replaceSection(text, 'x', 'new');
    expect(once).toBe('a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb\n');
    expect(replaceSection(once, 'x', 'new')).toBe(once);
  });

  it('must have its marks', () => {
    expect(() => replaceSection('no marks', 'x', 'new')).toThrow('x:begin');
    expect(() => replaceSection(text + text, 'x', 'new')).toThrow('once');
  });
});
