import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { SiteSettingsSchema, type SiteSettingsRecord } from '../domain/site-settings.js';
import { SiteSettings } from '../site-settings.service.js';

@ApiTags('Visitors')
@Controller('v1/site-settings')
export class SiteSettingsController {
  constructor(private readonly site: SiteSettings) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'What browsers are told: attention, pages, consent, privacy, kill switch' }) @ApiOkResponse({ standardSchema: SiteSettingsSchema })
  read() {
    return this.site.read();
  }

  @Put() @Allow()
  @ApiOperation({ summary: 'Replace them; what is left out goes back to its default' }) @ApiOkResponse({ standardSchema: SiteSettingsSchema })
  replace(@Body({ schema: SiteSettingsSchema }) site: SiteSettingsRecord, @CurrentActor() actor: Actor) {
    return this.site.replace(site, actor);
  }
}
