import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Headers,
  Inject,
  Post,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { DeviceFilter, ImportQuery, ImportReport } from '@drm/contracts';
import { DeviceExport, DeviceImport } from '@drm/devices';
import { DomainError, type RequestContext } from '@drm/domain';
import { API_SETTINGS, type ApiSettings } from '../api-settings.ts';
import { Returns } from '../http/returns.ts';

/** Devices as CSV files. The body of an import is the request's stream: it is never in memory as a whole. */
@Controller('devices')
@ApiTags('devices')
export class DeviceFilesController {
  constructor(
    @Inject(DeviceImport) private readonly imports: DeviceImport,
    @Inject(DeviceExport) private readonly exports: DeviceExport,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Post('import')
  @Requires('devices:write')
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Returns(ImportReport)
  import(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ImportQuery }) query: ImportQuery,
    @Body() body: unknown,
    @Headers('content-length') length: string | undefined,
  ): Promise<ImportReport> {
    if (!(body instanceof Readable))
      throw new DomainError('request.unsupported_media', 'Send the file as text/csv.');
    const maxBytes = this.settings.IMPORT_LIMIT_BYTES;
    if (Number(length ?? 0) > maxBytes)
      throw new DomainError('request.too_large', 'Split the file.');
    return this.imports.run(ctx, body, { dryRun: query.dryRun, maxBytes });
  }

  @Get('export')
  @Requires('devices:read')
  @ApiProduces('text/csv')
  export(
    @Ctx() ctx: RequestContext,
    @Query({ schema: DeviceFilter }) filter: DeviceFilter,
  ): StreamableFile {
    return new StreamableFile(Readable.from(this.exports.csv(ctx, filter)), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="devices.csv"',
    });
  }
}
