import { Module } from '@nestjs/common';
import { AuditLog, AuditModule } from '@drm/audit';
import { SavedViewService } from '@drm/devices';
import { TenantDb } from '@drm/persistence';
import { ViewsController } from './views.controller.ts';

/** Saved list states. */
@Module({
  imports: [AuditModule],
  controllers: [ViewsController],
  providers: [
    {
      provide: SavedViewService,
      inject: [TenantDb, AuditLog],
      useFactory: (db: TenantDb, audit: AuditLog) => new SavedViewService(db, audit),
    },
  ],
})
export class ViewsModule {}
