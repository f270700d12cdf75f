import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { SaveSetting, Setting, SETTING_KEYS, SettingPage } from '@drm/contracts';
import type { Page, SettingKey } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import type { RequestContext } from '@drm/domain';
import { Returns } from '../http/returns.ts';
import { SettingService } from './setting.service.ts';

@Controller('settings')
@ApiTags('settings')
export class SettingsController {
  constructor(@Inject(SettingService) private readonly settings: SettingService) {}

  @Get()
  @Requires()
  @Returns(SettingPage)
  list(@Ctx() ctx: RequestContext): Promise<Page<Setting>> {
    return this.settings.list(ctx);
  }

  @Put(':key')
  @Requires('settings:write')
  @Returns(Setting)
  save(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Body({ schema: SaveSetting }) body: SaveSetting,
  ): Promise<Setting> {
    return this.settings.save(ctx, knownKey(key), body);
  }
}

/** @throws DomainError `setting.unknown` */
function knownKey(key: string): SettingKey {
  const known = SETTING_KEYS.find((candidate) => candidate === key);
  if (known === undefined) throw new DomainError('setting.unknown');
  return known;
}
