import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { CreateDevice } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { invalidRequest, problemOf } from './problem.ts';

describe('problemOf', () => {
  it('carries code, type, status and correlation id of a domain error', () => {
    const { body } = problemOf(
      new DomainError('device.not_found'),
      '/api/v1/devices/1',
      'correlation',
    );
    expect(body).toEqual({
      type: '/problems/device-not-found',
      title: 'Device not found',
      status: 404,
      code: 'device.not_found',
      instance: '/api/v1/devices/1',
      correlationId: 'correlation',
    });
  });

  it('says nothing of an error that is not ours', () => {
    const { body } = problemOf(new Error('duplicate key value (email)=(a@b.c)'), '/x', 'c');
    expect(body.code).toBe('internal');
    expect(JSON.stringify(body)).not.toContain('a@b.c');
  });

  it.each([
    [{ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }, 'request.too_large'],
    [{ code: 'FST_ERR_CTP_INVALID_JSON_BODY', statusCode: 400 }, 'request.malformed'],
    [new NotFoundException(), 'route.not_found'],
    [null, 'internal'],
  ])('maps what the framework throws (%#)', (thrown, code) => {
    expect(problemOf(thrown, '/x', 'c').body.code).toBe(code);
  });

  it('passes on when to try again', () => {
    const busy = new DomainError('rate.limited', 'Wait.', { retryAfterSeconds: 3 });
    expect(problemOf(busy, '/x', 'c').retryAfterSeconds).toBe(3);
  });
});

describe('invalidRequest', () => {
  it('names each field and every unknown one, and echoes no value', () => {
    const parsed = CreateDevice.safeParse({
      name: '',
      tenantId: 'stolen-value',
      endpoints: [{ protocol: 'snmp' }],
    });
    const error = invalidRequest(parsed.error?.issues ?? []);
    expect(error.errors?.map(({ path, code }) => [path, code])).toEqual(
      expect.arrayContaining([
        ['name', 'too_small'],
        ['endpoints.0.address', 'invalid_type'],
        ['tenantId', 'unknown_field'],
      ]),
    );
    expect(JSON.stringify(error.errors)).not.toContain('stolen-value');
  });
});
