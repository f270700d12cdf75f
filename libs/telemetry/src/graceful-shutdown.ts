import type { INestApplicationContext } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

/** Leaves a margin below the 30 s that a pod usually gets; an app with a longer drain passes its own. */
const DEFAULT_LIMIT_SECONDS = 25;

/**
 * On SIGTERM or SIGINT: closes the app (its modules drain) and ends the process with 0; with 1 when the drain takes longer
 * than `limitSeconds`.
 */
export function closeOnSignals(
  app: INestApplicationContext,
  limitSeconds: number = DEFAULT_LIMIT_SECONDS,
): void {
  let isClosing = false;
  const close = async (signal: string): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    const log = await app.resolve(PinoLogger); // each user has an instance of its own
    log.info({ signal }, 'draining');
    setTimeout(() => {
      log.error({ limit_seconds: limitSeconds }, 'drain took too long');
      process.exit(1);
    }, limitSeconds * 1000).unref();
    try {
      await app.close();
      log.info('stopped');
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, 'drain failed');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close(signal));
}
