import { Module } from '@nestjs/common';
import { OverviewService } from '@drm/devices';
import { JobService } from '@drm/jobs';
import { TenantDb } from '@drm/persistence';
import { OverviewController } from './overview.controller.ts';

/** The first page's figures. Needs TenantDb and JobService from the app. */
@Module({
  controllers: [OverviewController],
  providers: [
    {
      provide: OverviewService,
      inject: [TenantDb, JobService],
      useFactory: (db: TenantDb, jobs: JobService) => new OverviewService(db, jobs),
    },
  ],
})
export class OverviewModule {}
