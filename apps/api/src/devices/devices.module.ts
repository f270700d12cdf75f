import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuditLog, AuditModule } from '@drm/audit';
import {
  DeviceExport,
  DeviceImport,
  DeviceService,
  EndpointSealer,
  ProtocolCatalog,
} from '@drm/devices';
import { TenantDb, TenantKeyring } from '@drm/persistence';
import { PROTOCOLS } from '@drm/protocol-registry';
import type { FastifyInstance } from 'fastify';
import { DeviceFilesController } from './device-files.controller.ts';
import { DeviceJobsController } from './device-jobs.controller.ts';
import { DevicesController } from './devices.controller.ts';
import { EndpointsController } from './endpoints.controller.ts';
import { ProtocolsController } from './protocols.controller.ts';

/** Devices, their endpoints, values and files. Needs TenantDb, TenantKeyring and JobService from the app. */
@Module({
  imports: [AuditModule],
  controllers: [
    DevicesController,
    DeviceFilesController,
    EndpointsController,
    DeviceJobsController,
    ProtocolsController,
  ],
  providers: [
    { provide: ProtocolCatalog, useFactory: () => new ProtocolCatalog(PROTOCOLS) },
    {
      provide: EndpointSealer,
      inject: [ProtocolCatalog, TenantKeyring],
      useFactory: (protocols: ProtocolCatalog, keyring: TenantKeyring) =>
        new EndpointSealer(protocols, keyring),
    },
    {
      provide: DeviceService,
      inject: [TenantDb, EndpointSealer, ProtocolCatalog, AuditLog],
      useFactory: (
        db: TenantDb,
        sealer: EndpointSealer,
        protocols: ProtocolCatalog,
        audit: AuditLog,
      ) => new DeviceService(db, sealer, protocols, audit),
    },
    {
      provide: DeviceImport,
      inject: [TenantDb, EndpointSealer, AuditLog],
      useFactory: (db: TenantDb, sealer: EndpointSealer, audit: AuditLog) =>
        new DeviceImport(db, sealer, audit),
    },
    {
      provide: DeviceExport,
      inject: [TenantDb],
      useFactory: (db: TenantDb) => new DeviceExport(db),
    },
  ],
})
export class DevicesModule implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  /** A CSV body is handed on as the stream it is; the body limit is for what is read into memory. */
  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  }
}
