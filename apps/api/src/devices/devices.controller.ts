import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import {
  Count,
  CreateDevice,
  Device,
  DeviceCountQuery,
  DevicePage,
  DeviceParameterPage,
  DeviceQuery,
  DeviceTagPage,
  DeviceTagQuery,
  IdParam,
  ParameterQuery,
  UpdateDevice,
} from '@drm/contracts';
import type { DeviceParameter, DeviceSummary, DeviceTag, Page } from '@drm/contracts';
import { DeviceService } from '@drm/devices';
import type { RequestContext } from '@drm/domain';
import { IfMatch, Returns, ReturnsNothing } from '../http/returns.ts';
import { OptionalIfMatch } from './optional-if-match.ts';

@Controller('devices')
@ApiTags('devices')
export class DevicesController {
  constructor(@Inject(DeviceService) private readonly devices: DeviceService) {}

  @Get()
  @Requires('devices:read')
  @Returns(DevicePage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: DeviceQuery }) query: DeviceQuery,
  ): Promise<Page<DeviceSummary>> {
    return this.devices.list(ctx, query);
  }

  @Get('count')
  @Requires('devices:read')
  @Returns(Count)
  count(
    @Ctx() ctx: RequestContext,
    @Query({ schema: DeviceCountQuery }) query: DeviceCountQuery,
  ): Promise<Count> {
    return this.devices.count(ctx, query);
  }

  @Get('tags')
  @Requires('devices:read')
  @Returns(DeviceTagPage)
  tags(
    @Ctx() ctx: RequestContext,
    @Query({ schema: DeviceTagQuery }) query: DeviceTagQuery,
  ): Promise<Page<DeviceTag>> {
    return this.devices.tagPage(ctx, query);
  }

  @Post()
  @Requires('devices:write')
  @Returns(Device, 201)
  create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateDevice }) body: CreateDevice,
  ): Promise<Device> {
    return this.devices.create(ctx, body);
  }

  @Get(':id')
  @Requires('devices:read')
  @Returns(Device)
  get(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<Device> {
    return this.devices.get(ctx, id);
  }

  @Patch(':id')
  @Requires('devices:write')
  @Returns(Device)
  update(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @IfMatch() version: number,
    @Body({ schema: UpdateDevice }) body: UpdateDevice,
  ): Promise<Device> {
    return this.devices.update(ctx, id, version, body);
  }

  @Delete(':id')
  @Requires('devices:write')
  @ReturnsNothing()
  remove(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @OptionalIfMatch() version: number | null,
  ): Promise<void> {
    return this.devices.remove(ctx, id, version);
  }

  @Get(':id/parameters')
  @Requires('devices:read')
  @Returns(DeviceParameterPage)
  parameters(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Query({ schema: ParameterQuery }) query: ParameterQuery,
  ): Promise<Page<DeviceParameter>> {
    return this.devices.parameterPage(ctx, id, query);
  }
}
