import { Body, Controller, Delete, Inject, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { Device, EndpointInput, EndpointParam, IdParam, UpdateEndpoint } from '@drm/contracts';
import { DeviceService } from '@drm/devices';
import type { RequestContext } from '@drm/domain';
import { IfMatch, Returns } from '../http/returns.ts';
import { OptionalIfMatch } from './optional-if-match.ts';

/** Endpoints are part of their device: every change answers the device with its new version. */
@Controller('devices/:id/endpoints')
@ApiTags('devices')
export class EndpointsController {
  constructor(@Inject(DeviceService) private readonly devices: DeviceService) {}

  @Post()
  @Requires('devices:write')
  @Returns(Device, 201)
  add(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @OptionalIfMatch() version: number | null,
    @Body({ schema: EndpointInput }) body: EndpointInput,
  ): Promise<Device> {
    return this.devices.addEndpoint(ctx, id, version, body);
  }

  @Patch(':endpointId')
  @Requires('devices:write')
  @Returns(Device)
  update(
    @Ctx() ctx: RequestContext,
    @Param({ schema: EndpointParam }) { id, endpointId }: EndpointParam,
    @IfMatch() version: number,
    @Body({ schema: UpdateEndpoint }) body: UpdateEndpoint,
  ): Promise<Device> {
    return this.devices.updateEndpoint(ctx, id, endpointId, version, body);
  }

  @Delete(':endpointId')
  @Requires('devices:write')
  @Returns(Device)
  remove(
    @Ctx() ctx: RequestContext,
    @Param({ schema: EndpointParam }) { id, endpointId }: EndpointParam,
    @OptionalIfMatch() version: number | null,
  ): Promise<Device> {
    return this.devices.removeEndpoint(ctx, id, endpointId, version);
  }
}
