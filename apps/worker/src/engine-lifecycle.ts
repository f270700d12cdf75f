import { BullRegistrar } from '@nestjs/bullmq';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DeviceOperationExecutor } from '@drm/devices';
import { JobEngine, QueueFactory, SharedHints } from '@drm/jobs';

/** Starts the engine when everything is checked, and stops it first: what runs may end while the database is there. */
@Injectable()
export class EngineLifecycle
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    @Inject(JobEngine) private readonly engine: JobEngine,
    @Inject(QueueFactory) private readonly queues: QueueFactory,
    @Inject(SharedHints) private readonly hints: SharedHints,
    @Inject(DeviceOperationExecutor) private readonly executor: DeviceOperationExecutor,
    @Inject(BullRegistrar) private readonly processors: BullRegistrar,
  ) {}

  onApplicationBootstrap(): void {
    this.engine.start();
    this.processors.register();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.engine.stop();
    await this.executor.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.hints.close();
    await this.queues.close();
  }
}
