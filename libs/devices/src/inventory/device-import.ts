import { Transform, pipeline, type Readable } from 'node:stream';
import type { ImportReport, ImportRowError } from '@drm/contracts';
import { DomainError, type RequestContext } from '@drm/domain';
import { serialKey, type TenantDb } from '@drm/persistence';
import { CsvError, parse, type Info } from 'csv-parse';
import type { DeviceAudit } from './device.service.ts';
import type { EndpointSealer } from './endpoint-sealer.ts';
import { ImportBatchWriter } from './import-batch.ts';
import { ImportHeader, rowError, type ImportedDevice, type ImportedRow } from './import-row.ts';

const BATCH = 500;
const MAX_FAULTY_ROWS = 100;
const MAX_ENDPOINTS = 8;
const MAX_RECORD_CHARACTERS = 65_536;

/**
 * Reads devices from CSV as it arrives. Good rows are committed in batches; a faulty row is reported and skipped; the
 * hundredth ends the import. A row of a known serial number updates that device: what the file has no column for
 * stays. A row with only protocol, address and credentials adds an endpoint to the device of the row above.
 */
export class DeviceImport {
  private readonly writer: ImportBatchWriter;

  constructor(db: TenantDb, sealer: EndpointSealer, audit: DeviceAudit) {
    this.writer = new ImportBatchWriter(db, sealer, audit);
  }

  /** @throws DomainError `import.invalid_header` | `request.too_large` | `request.malformed` */
  async run(
    ctx: RequestContext,
    body: Readable,
    options: { readonly dryRun: boolean; readonly maxBytes: number },
  ): Promise<ImportReport> {
    return await new ImportRun(this.writer, ctx, options.dryRun).read(body, options.maxBytes);
  }
}

interface Counts {
  rows: number;
  created: number;
  updated: number;
  failed: number;
}

/** One import from its header to its report. */
class ImportRun {
  private header: ImportHeader | null = null;
  private readonly counts: Counts = { rows: 0, created: 0, updated: 0, failed: 0 };
  private readonly errors: ImportRowError[] = [];
  private stopped = false;
  private batch: ImportedDevice[] = [];
  private readonly batchSerials = new Set<string>();
  /** The batch that is being written while the next one is read. */
  private writing: Promise<void> = Promise.resolve();
  /** Serial numbers a dry run would have created: they are found again in the file, but not in the database. */
  private readonly wouldExist = new Set<string>();
  /** The device that following endpoint rows belong to; null after a faulty one. */
  private open: ImportedDevice | null = null;

  constructor(
    private readonly writer: ImportBatchWriter,
    private readonly ctx: RequestContext,
    private readonly dryRun: boolean,
  ) {}

  async read(body: Readable, maxBytes: number): Promise<ImportReport> {
    const records = parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: MAX_RECORD_CHARACTERS,
      on_skip: (error) => {
        this.unreadable(error);
        return undefined;
      },
    });
    pipeline(body, sizeLimit(maxBytes), records, () => undefined);
    try {
      // After a stop the rest is read and thrown away: an answer in the middle of a request would not be seen.
      for await (const { record, info } of records as AsyncIterable<{
        record: string[];
        info: Info;
      }>)
        if (!this.stopped) await this.take(record, info.lines);
    } catch (error) {
      await Promise.allSettled([this.writing]);
      if (error instanceof DomainError || !isStreamError(error)) throw error;
      throw new DomainError('request.malformed', 'The file ended in the middle of a row.', {
        cause: error,
      });
    }
    if (this.header === null) ImportHeader.parse([]);
    await this.flush();
    await this.writing;
    return {
      dryRun: this.dryRun,
      ...this.counts,
      stopped: this.stopped,
      errors: this.errors,
    };
  }

  private async take(record: readonly string[], line: number): Promise<void> {
    if (this.header === null) {
      this.header = ImportHeader.parse(record);
      return;
    }
    this.counts.rows += 1;
    const row = this.header.row(record, line);
    if (row.kind === 'device') return await this.takeDevice(row.device);
    const errors = row.kind === 'faulty' ? row.errors : this.takeEndpoint(row);
    if (errors.length > 0) await this.fail(errors);
  }

  private async takeDevice(device: ImportedDevice): Promise<void> {
    const key = device.serialNumber === undefined ? null : serialKey(device.serialNumber);
    const isRepeated = key !== null && this.batchSerials.has(key);
    if (isRepeated || this.batch.length >= BATCH) await this.flush();
    if (this.stopped) return;
    if (key !== null) this.batchSerials.add(key);
    this.batch.push(device);
    this.open = device;
  }

  private takeEndpoint(row: ImportedRow & { kind: 'endpoint' }): readonly ImportRowError[] {
    const { endpoint } = row;
    if (this.open === null)
      return [
        rowError(
          endpoint.line,
          'name',
          'no_device',
          'the row above has no device for this endpoint',
        ),
      ];
    if (this.open.endpoints.length >= MAX_ENDPOINTS)
      return [
        rowError(
          endpoint.line,
          null,
          'too_many_endpoints',
          `a device has at most ${MAX_ENDPOINTS}`,
        ),
      ];
    this.open.endpoints.push(endpoint);
    return [];
  }

  private async fail(errors: readonly ImportRowError[]): Promise<void> {
    this.open = null;
    this.note(errors, 1);
    // What was good before the last straw is kept, as the report says.
    if (this.counts.failed >= MAX_FAULTY_ROWS) {
      await this.flush();
      await this.writing;
      this.stopped = true;
    }
  }

  /** A record the CSV reader gave up on: a quote in the wrong place, or far too long. */
  private unreadable(error: CsvError | undefined): void {
    if (this.stopped) return;
    const lines: unknown = error?.['lines'];
    this.open = null;
    this.counts.rows += 1;
    this.note([rowError(typeof lines === 'number' ? lines : 0, null, 'csv', csvMessage(error))], 1);
    if (this.counts.failed >= MAX_FAULTY_ROWS) this.stopped = true;
  }

  private note(errors: readonly ImportRowError[], failed: number): void {
    this.counts.failed += failed;
    this.errors.push(...errors.slice(0, Math.max(0, 4 * MAX_FAULTY_ROWS - this.errors.length)));
  }

  /** Begins to write the batch as soon as the one before is done. */
  private async flush(): Promise<void> {
    const { batch, header } = this;
    this.batch = [];
    this.batchSerials.clear();
    await this.writing;
    if (batch.length === 0 || header === null || this.stopped) return;
    this.writing = this.write(header, batch);
    // A failure is thrown where the batch is waited for; until then it must not count as unhandled.
    this.writing.catch(() => undefined);
  }

  private async write(header: ImportHeader, batch: readonly ImportedDevice[]): Promise<void> {
    const outcome = await this.writer.write(this.ctx, header, batch, this.dryRun);
    const again = this.dryRun ? this.alreadyCreated(outcome.created) : 0;
    this.counts.created += outcome.created.length - again;
    this.counts.updated += outcome.updated.length + again;
    this.note(outcome.errors, outcome.failed);
    if (outcome.full || this.counts.failed >= MAX_FAULTY_ROWS) this.stopped = true;
  }

  private alreadyCreated(created: readonly ImportedDevice[]): number {
    let again = 0;
    for (const { serialNumber } of created) {
      if (serialNumber === undefined) continue;
      const key = serialKey(serialNumber);
      if (this.wouldExist.has(key)) again += 1;
      this.wouldExist.add(key);
    }
    return again;
  }
}

function sizeLimit(maxBytes: number): Transform {
  let octets = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      octets += chunk.length;
      if (octets <= maxBytes) done(null, chunk);
      else done(new DomainError('request.too_large', 'Split the file.'));
    },
  });
}

const isStreamError = (error: unknown): boolean =>
  error instanceof CsvError ||
  ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'ABORT_ERR'].includes(
    String((error as { code?: unknown } | null)?.code),
  );

/** The reader's own messages hold pieces of the file; these do not. */
function csvMessage(error: CsvError | undefined): string {
  switch (error?.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return `the row has more than ${MAX_RECORD_CHARACTERS} characters`;
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed';
    default:
      return 'a quote is in the wrong place';
  }
}
