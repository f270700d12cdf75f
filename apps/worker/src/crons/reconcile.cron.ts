import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { JobEngine } from '@drm/jobs';

/** Idempotent rounds that every worker runs: what was lost comes back, frozen targets become executions. */
@Injectable()
export class ReconcileCron {
  private readonly log = new Logger('reconciler');

  constructor(@Inject(JobEngine) private readonly engine: JobEngine) {}

  @Interval(2000)
  async reconcile(): Promise<void> {
    await this.quietly('reconcile', async () => {
      const moved = await this.engine.reconciler.tick();
      if (moved > 0) this.engine.dispatcher.poke();
    });
  }

  @Interval(1000)
  async expand(): Promise<void> {
    await this.quietly('expand', () => this.engine.expander.run());
  }

  @Interval(250)
  async relay(): Promise<void> {
    await this.quietly('relay', () => this.engine.relay.tick());
  }

  /** The next round tries again; a database that is away is said once a round. */
  private async quietly(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn({ err: error, what }, 'a round failed');
    }
  }
}
