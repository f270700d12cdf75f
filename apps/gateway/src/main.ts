import { NestFactory } from '@nestjs/core';
import { GATEWAY_ENV, readEnvironmentOrExit } from '@drm/config';
import { closeOnSignals, NestLogger } from '@drm/telemetry';
import { GatewayModule } from './gateway.module.ts';

const env = readEnvironmentOrExit(GATEWAY_ENV);
const app = await NestFactory.createApplicationContext(GatewayModule.forApp(env), {
  bufferLogs: true,
});
app.useLogger(app.get(NestLogger));
closeOnSignals(app);
