import { describe, expect, it } from '@jest/globals';
import { addLogFields, withLogFields } from './log-fields.ts';
import { createLogger } from './logger.ts';

function recordingLogger() {
  const lines: string[] = [];
  const log = createLogger('api', 'info', { write: (line) => void lines.push(line) });
  const last = (): Record<string, unknown> =>
    JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  return { log, last, text: () => lines.join('') };
}

describe('log lines', () => {
  it('carry an ISO timestamp, the level as a word, the message and the service', () => {
    const { log, last } = recordingLogger();
    log.warn({ elapsed_ms: 5 }, 'rpc answered');
    expect(last()).toEqual({
      level: 'warn',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
      service: 'api',
      elapsed_ms: 5,
      message: 'rpc answered',
    });
  });

  it('carry the fields of the work, also those that became known during it and behind an await', async () => {
    const { log, last } = recordingLogger();
    await withLogFields({ correlation_id: 'abcdefgh' }, async () => {
      addLogFields({ tenant_id: 't1' });
      await Promise.resolve();
      withLogFields({ job_id: 'j1' }, () => log.info('inside'));
      expect(last()).toMatchObject({ correlation_id: 'abcdefgh', tenant_id: 't1', job_id: 'j1' });
      log.info('behind');
      expect(last()).not.toHaveProperty('job_id');
    });
    log.info('outside');
    expect(last()).not.toHaveProperty('correlation_id');
  });

  it('do not let one line add to the fields of the next', () => {
    const { log, last } = recordingLogger();
    withLogFields({ tenant_id: 't1' }, () => {
      log.info({ extra: 1 }, 'one');
      log.info('two');
    });
    expect(last()).not.toHaveProperty('extra');
  });

  it('hide secrets at the top and two levels below', () => {
    const { log, text } = recordingLogger();
    log.info(
      {
        password: 'canary',
        endpoint: { community: 'canary', credentials: { authPassword: 'canary' } },
        headers: { authorization: 'canary', 'set-cookie': 'canary' },
        endpoints: [{ privPassword: 'canary' }],
      },
      'a careless line',
    );
    expect(text()).not.toContain('canary');
    expect(text()).toContain('[redacted]');
  });

  it('show of a cause its type and code, not its message', () => {
    const { log, last, text } = recordingLogger();
    const cause = Object.assign(new Error('duplicate key (email)=(canary)'), { code: '23505' });
    log.error({ err: new Error('cannot save', { cause }) }, 'failed');
    expect(text()).not.toContain('canary');
    expect(last()).toMatchObject({ err: { message: 'cannot save', cause: { code: '23505' } } });
  });
});
