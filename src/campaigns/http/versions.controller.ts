import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { VersionList, VersionView } from '../../contract/campaign-api.js';
import { Id } from '../../contract/common.js';
import { AllowAll } from '../../platform/http/access.js';
import { Versions } from '../publishing/versions.service.js';

const VersionNumber = z.coerce.number().int().min(1).max(1_000_000);

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id/versions')
export class VersionsController {
  constructor(private readonly versions: Versions) {}

  @Get()
  @AllowAll()
  @ApiOperation({ summary: 'List the published versions, newest first, with the people on each' })
  @ApiOkResponse({ standardSchema: VersionList })
  async list(@Param('id', { schema: Id }) id: string) {
    return { items: await this.versions.list(id) };
  }

  @Get(':number')
  @AllowAll()
  @ApiOperation({ summary: 'Read one version: its definition and experiments' })
  @ApiOkResponse({ standardSchema: VersionView })
  get(@Param('id', { schema: Id }) id: string, @Param('number', { schema: VersionNumber }) number: number) {
    return this.versions.get(id, number);
  }
}
