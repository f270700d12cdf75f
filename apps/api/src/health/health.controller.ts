import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Public } from '@drm/auth';
import { TenantDb } from '@drm/persistence';

/** Liveness asks nobody; readiness asks the database. The queues may be away: the API takes jobs without them. */
@Controller()
@ApiExcludeController()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly db: TenantDb,
  ) {}

  @Get('health')
  @Public()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readiness')
  @Public()
  @HealthCheck()
  ready() {
    return this.health.check([() => this.database()]);
  }

  private async database() {
    const check = this.indicator.check('database');
    try {
      await this.db.asSystem('health', (tx) => tx.sql('SELECT 1'), { timeoutMs: 2000 });
      return check.up();
    } catch {
      return check.down('The database does not answer.');
    }
  }
}
