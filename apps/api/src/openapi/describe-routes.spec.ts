import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeRoutes } from './describe-routes.ts';

const document = (): OpenAPIObject =>
  ({
    openapi: '3.0.0',
    info: { title: 't', version: '1' },
    paths: {
      '/api/v1/devices': { get: { operationId: 'DevicesController_list', responses: {} } },
      '/api/v1/auth/login': { post: { operationId: 'AuthController_login', responses: {} } },
    },
  }) as OpenAPIObject;

describe('describeRoutes', () => {
  it('says what a route does and who may call it', () => {
    const described = document();
    describeRoutes(described, [
      {
        name: 'DevicesController.list',
        access: { kind: 'signed_in', permissions: ['devices:read'] },
      },
      { name: 'AuthController.login', access: { kind: 'public' } },
    ]);
    expect(described.paths['/api/v1/devices']?.get).toMatchObject({
      summary: 'List devices by filter and sort',
      description: 'Needs `devices:read`.',
    });
    expect(described.paths['/api/v1/auth/login']?.post?.security).toEqual([]);
  });
});
