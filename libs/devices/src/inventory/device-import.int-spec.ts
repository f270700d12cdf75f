import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ImportReport } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import type { TenantDb } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { DeviceExport } from './device-export.ts';
import { DeviceImport } from './device-import.ts';
import { DeviceService } from './device.service.ts';
import { aCaller, anInventory } from './inventory-testing.ts';

let db: TestDatabase;
let door: TenantDb;
let admin: DataSource;
let service: DeviceService;
let imports: DeviceImport;
let exports: DeviceExport;
let ctx: RequestContext;

const HEADER = 'name,serialNumber,vendor,tags,protocol,address,credentials';
const SNMP = '"{""version"":""2c"",""community"":""canary-import""}"';
const run = async (text: string | readonly string[], dryRun = false): Promise<ImportReport> =>
  await imports.run(
    ctx,
    Readable.from(
      typeof text === 'string' ? [Buffer.from(text)] : text.map((piece) => Buffer.from(piece)),
    ),
    { dryRun, maxBytes: 1_000_000 },
  );
const csv = (...lines: string[]): string => `${[HEADER, ...lines].join('\n')}\n`;
const exported = async (): Promise<string> => {
  const pieces: string[] = [];
  for await (const piece of exports.csv(ctx, {})) pieces.push(piece);
  return pieces.join('');
};
const names = async (): Promise<string[]> => {
  const page = await service.list(ctx, { sort: 'name', limit: 200 });
  return page.items.map((device) => device.name);
};

beforeAll(async () => {
  db = await TestDatabase.create();
  door = await db.tenantDb('app_rw');
  admin = await db.source('admin');
  const { sealer, catalog, audit } = anInventory(door);
  service = new DeviceService(door, sealer, catalog, audit);
  imports = new DeviceImport(door, sealer, audit);
  exports = new DeviceExport(door);
}, 60_000);
afterAll(() => db.drop());
beforeEach(async () => {
  ctx = await aCaller(door, (await db.aTenant()).id);
});

describe('an import', () => {
  it('creates devices with tags and endpoints, in any order of columns', async () => {
    const report = await run(
      `\uFEFFtags,address,name,protocol,credentials,serialNumber\r\na;b,H1,"One, with comma",demo,${SNMP},S1\r\n,,Two,,,\r\n`,
    );
    expect(report).toEqual({
      dryRun: false,
      rows: 2,
      created: 2,
      updated: 0,
      failed: 0,
      stopped: false,
      errors: [],
    });
    const [one] = (await service.list(ctx, { sort: 'name', limit: 5 })).items;
    expect(one).toMatchObject({
      name: 'One, with comma',
      serialNumber: 'S1',
      tags: ['a', 'b'],
      protocols: ['demo'],
      address: 'h1:161',
    });
  });

  it('updates the device of a known serial number and leaves what it has no column for', async () => {
    await run(csv(`One,S1,Acme,a;b,demo,h1,${SNMP}`));
    const report = await run('serialNumber,name,tags\ns1,Renamed,c\n');
    expect(report).toMatchObject({ created: 0, updated: 1, failed: 0 });
    const [device] = (await service.list(ctx, { sort: 'name', limit: 5 })).items;
    expect(device).toMatchObject({
      name: 'Renamed',
      vendor: 'Acme',
      tags: ['c'],
      address: 'h1:161',
    });
    expect((await service.list(ctx, { sort: 'name', limit: 5, tag: 'c' })).items).toHaveLength(1);
    expect((await service.list(ctx, { sort: 'name', limit: 5, tag: 'a' })).items).toHaveLength(0);
  });

  it('takes a serial number twice in one file as an update of the first', async () => {
    const report = await run(csv('One,S1,,,,,', 'One again,s1,,,,,'));
    expect(report).toMatchObject({ rows: 2, created: 1, updated: 1 });
    await expect(names()).resolves.toEqual(['One again']);
  });

  it('adds the endpoints of following rows to the device above', async () => {
    const report = await run(csv(`One,S1,,,demo,h1,${SNMP}`, `,,,,demo,h2,${SNMP}`, `Two,S2,,,,,`));
    expect(report).toMatchObject({ rows: 3, created: 2, failed: 0 });
    const [device] = (await service.list(ctx, { sort: 'name', limit: 5 })).items;
    const { endpoints } = await service.get(ctx, device?.id ?? '');
    expect(endpoints.map((endpoint) => endpoint.address)).toEqual(['h1:161', 'h2:161']);
  });

  it('reports each broken row with line and column, and imports the others', async () => {
    const report = await run(
      csv(
        'Good,S1,,,,,',
        ',S2,,,,,',
        'Bad tag,S3,,no blanks here,,,',
        'Too few,S4',
        'Bad json,S5,,,demo,h5,{no json}',
        'No secret,S6,,,demo,h6,"{""version"":""2c""}"',
        'No protocol,S7,,,netconf,h7,',
        `Bad address,S8,,,demo,not an address,${SNMP}`,
        'Half an endpoint,S9,,,demo,,',
        'Quote" inside,S10,,,,,',
        'Also good,S11,,,,,',
      ),
    );
    expect(report).toMatchObject({ rows: 11, created: 2, failed: 9, stopped: false });
    const seen = report.errors.map(({ line, column, code }) => [line, column, code]);
    expect(seen).toEqual(
      expect.arrayContaining([
        [3, 'name', 'too_small'],
        [4, 'tags', 'invalid_format'],
        [5, null, 'column_count'],
        [6, 'credentials', 'not_json'],
        [7, 'credentials', 'invalid_type'],
        [8, 'protocol', 'protocol.unknown'],
        [9, 'address', 'invalid_argument'],
        [10, 'address', 'too_small'],
        [11, null, 'csv'],
      ]),
    );
    await expect(names()).resolves.toEqual(['Also good', 'Good']);
    expect(JSON.stringify(report)).not.toContain('canary-import');
  });

  it('stops after a hundred faulty rows and keeps what was good', async () => {
    const report = await run(
      csv('First,S0,,,,,', ...Array.from({ length: 150 }, () => ',,,,,,x'), 'Last,S1,,,,,'),
    );
    expect(report).toMatchObject({ failed: 100, created: 1, stopped: true });
    await expect(names()).resolves.toEqual(['First']);
  });

  it('changes nothing in a dry run, and says what it would do', async () => {
    await run(csv('One,S1,,,,,'));
    const report = await run(
      csv('Changed,S1,,,,,', 'New,S2,,,,,', 'New again,S2,,,,,', ',S3,,,,,'),
      true,
    );
    expect(report).toMatchObject({ dryRun: true, created: 1, updated: 2, failed: 1 });
    await expect(names()).resolves.toEqual(['One']);
    const audit = await admin.query<unknown[]>(
      "SELECT 1 FROM drm.audit_event WHERE tenant_id = $1 AND action = 'device.import'",
      [ctx.tenantId],
    );
    expect(audit).toHaveLength(1);
  });

  it('fills the tenant up to its quota and no further', async () => {
    await admin.query('UPDATE drm.tenant_limit SET max_devices = 2 WHERE tenant_id = $1', [
      ctx.tenantId,
    ]);
    const report = await run(csv('One,S1,,,,,', 'Two,S2,,,,,', 'Three,S3,,,,,'));
    expect(report).toMatchObject({
      created: 2,
      failed: 1,
      stopped: true,
      errors: [{ line: 4, code: 'quota.exceeded' }],
    });
  });

  it.each([
    ['nothing at all', ''],
    ['an unknown column', 'name,password\n'],
    ['a column twice', 'name,name\n'],
    ['no name', 'serialNumber\n'],
    ['no header', 'Gateway,S1\n'],
  ])('is refused for its header: %s', async (_name, text) => {
    await expect(run(text)).rejects.toMatchObject({ code: 'import.invalid_header' });
  });

  it('says so when the file breaks off inside a quote', async () => {
    const report = await run(csv('One,S1,,,,,', '"Two,S2,,,,,'));
    expect(report).toMatchObject({
      created: 1,
      failed: 1,
      errors: [{ column: null, code: 'csv' }],
    });
  });

  it('is refused when the connection breaks', async () => {
    const body = Readable.from(
      (function* () {
        yield Buffer.from(`${HEADER}\nOne,`);
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      })(),
    );
    await expect(imports.run(ctx, body, { dryRun: false, maxBytes: 1000 })).rejects.toMatchObject({
      code: 'request.malformed',
    });
    await expect(names()).resolves.toEqual([]);
  });

  it('is refused when it is larger than allowed', async () => {
    const body = Readable.from([Buffer.from(`${HEADER}\n`), Buffer.alloc(2000, 'x')]);
    const importing = imports.run(ctx, body, { dryRun: false, maxBytes: 1000 });
    await expect(importing).rejects.toMatchObject({ code: 'request.too_large' });
  });

  it('refuses one endless row instead of keeping it', async () => {
    const report = await run([
      `${HEADER}\n"`,
      'x'.repeat(50_000),
      'y'.repeat(50_000),
      '",S1,,,,,\nOne,S2,,,,,\n',
    ]);
    expect(report.failed).toBeGreaterThan(0);
    expect(report.errors[0]).toMatchObject({ code: 'csv' });
  });

  it('sees nothing of another tenant with the same serial numbers', async () => {
    await run(csv('Theirs,S1,,,,,'));
    ctx = await aCaller(door, (await db.aTenant()).id);
    await expect(run(csv('Ours,S1,,,,,'))).resolves.toMatchObject({ created: 1, updated: 0 });
  });
});

describe('an export', () => {
  it('comes back by an import without changing anything', async () => {
    await run(
      csv(
        `=SUM(A1),S1,Acme,a;b,demo,h1,${SNMP}`,
        `,,,,demo,h2,${SNMP}`,
        '"Name ""quoted"", and more",S2,,,,,',
        "'=quoted already,S3,,,,,",
        '-dash,S4,,,,,',
      ),
    );
    const before = await exported();
    const versions = await admin.query<unknown[]>('SELECT id, version FROM drm.device ORDER BY id');
    const report = await run(before);
    expect(report).toMatchObject({ created: 0, updated: 4, failed: 0 });
    await expect(exported()).resolves.toBe(before);
    await expect(admin.query('SELECT id, version FROM drm.device ORDER BY id')).resolves.toEqual(
      versions,
    );
  });

  it('runs no formula and tells no secret', async () => {
    await run(csv(`"=HYPERLINK(""http://x"")",S1,@v,,demo,h1,${SNMP}`, '+1,S2,,,,,'));
    const text = await exported();
    expect(text).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(text).toContain("'@v");
    expect(text).toContain("'+1");
    expect(text).toContain('""version"":""2c""');
    expect(text).not.toContain('canary-import');
  });

  it('holds the devices of the filter, over several pages', async () => {
    const rows = Array.from(
      { length: 2300 },
      (_, n) => `Device ${n},S${n},,${n % 2 === 0 ? 'even' : 'odd'},,,`,
    );
    await run(csv(...rows));
    const pieces: string[] = [];
    for await (const piece of exports.csv(ctx, { tag: 'even' })) pieces.push(piece);
    expect(pieces.join('').trim().split('\r\n')).toHaveLength(1151);
    expect(pieces.length).toBeGreaterThan(2);
  }, 30_000);
});
