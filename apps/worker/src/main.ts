import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { readEnvironmentOrExit, WORKER_ENV } from '@drm/config';
import { closeOnSignals, NestLogger } from '@drm/telemetry';
import { WorkerModule } from './worker.module.ts';

/** Time after the drain for connections to close. */
const CLOSE_SECONDS = 15;

const env = readEnvironmentOrExit(WORKER_ENV);
const app = await NestFactory.createApplicationContext(WorkerModule.forApp(env), {
  bufferLogs: true,
});
app.useLogger(app.get(NestLogger));
closeOnSignals(app, env.DRAIN_SECONDS + CLOSE_SECONDS);
