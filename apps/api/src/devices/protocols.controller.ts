import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '@drm/auth';
import { ProtocolPage, type Page, type ProtocolInfo } from '@drm/contracts';
import { DeviceService } from '@drm/devices';
import { Returns } from '../http/returns.ts';

@Controller('protocols')
@ApiTags('devices')
export class ProtocolsController {
  constructor(@Inject(DeviceService) private readonly devices: DeviceService) {}

  /** The installed protocols with the JSON Schemas their endpoint forms are made of. */
  @Get()
  @Requires('devices:read')
  @Returns(ProtocolPage)
  list(): Page<ProtocolInfo> {
    return this.devices.protocols();
  }
}
