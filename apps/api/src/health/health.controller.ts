import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Public } from '@drm/auth';
import { SharedHints } from '@drm/jobs';
import { TenantDb } from '@drm/persistence';
import { API_SETTINGS, type ApiSettings } from '../api-settings.ts';

/**
 * Liveness asks nobody; readiness asks the database. Redis may be away: the API takes jobs without it, so it is reported
 * as degraded and the process stays ready.
 */
@Controller()
@ApiExcludeController()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly db: TenantDb,
    private readonly hints: SharedHints,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
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
    return this.health.check([() => this.database(), () => this.redis()]);
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

  private redis() {
    const check = this.indicator.check('redis');
    if (this.settings.REDIS_URL === undefined) return check.up({ mode: 'not used' });
    return check.up({ mode: this.hints.isUp ? 'connected' : 'degraded' });
  }
}
