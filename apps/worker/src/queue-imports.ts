import { BullModule } from '@nestjs/bullmq';
import type { DynamicModule } from '@nestjs/common';
import { EXECUTIONS_QUEUE, type QueueFactory } from '@drm/jobs';

/** @nestjs/bullmq with what the factory made; its processors begin when EngineLifecycle says so. */
export const queueImports = (queues: QueueFactory): DynamicModule[] => [
  BullModule.forRoot({
    ...queues.queueOptions(),
    extraOptions: { manualRegistration: true },
  }),
  BullModule.registerQueue({ name: EXECUTIONS_QUEUE }),
];
