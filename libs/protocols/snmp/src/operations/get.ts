import type { OperationResult } from '@drm/contracts';
import { missingValue, parameterValue } from '../values/parameter-value.ts';
import type { Exchanges, SnmpContext } from './exchanges.ts';
import { oidOf } from './native-path.ts';
import { readValues } from './read.ts';

/** GET of instances, in the caller's order; absent ones are values too (`not_supported`). */
export async function executeGet(
  exchanges: Exchanges,
  context: SnmpContext,
  paths: readonly string[],
): Promise<OperationResult> {
  const oids = paths.map(oidOf);
  const { maxVarbindsPerGet } = context.endpoint.settings;
  let done = 0;
  await readValues(exchanges, oids, maxVarbindsPerGet, (chunk, values) => {
    context.values(
      chunk.map((oid) => {
        const value = values.get(oid);
        return value === undefined ? missingValue(oid) : parameterValue(oid, value);
      }),
    );
    done += chunk.length;
    if (oids.length > maxVarbindsPerGet) {
      context.progress({ phase: 'read', done, total: oids.length });
    }
  });
  return { valueCount: oids.length };
}
