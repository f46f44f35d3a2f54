import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ApplyRequest, FileList, FileQuery, FilesApplied, FilesPlan, PlanRequest } from '../../contract/files.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { DefinitionFiles } from '../files.service.js';

/** Campaigns and what they name as YAML files, to be reviewed like code and brought to another environment. */
@ApiTags('Files')
@Controller('v1/files')
export class FilesController {
  constructor(private readonly files: DefinitionFiles) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Everything as canonical files, or one segment or campaign; the same text for the same definition' })
  @ApiOkResponse({ standardSchema: FileList })
  async read(@Query({ schema: FileQuery }) { kind, id }: z.infer<typeof FileQuery>) {
    return { files: await this.files.read(kind && id ? { kind, id } : undefined) };
  }

  @Post('plan') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Say what applying these files would do, and everything wrong with them at file and line; changes nothing' })
  @ApiOkResponse({ standardSchema: FilesPlan })
  plan(@Body({ schema: PlanRequest }) request: PlanRequest, @CurrentActor() actor: Actor) {
    return this.files.plan(request, actor);
  }

  @Post('apply') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Make it so: all definitions or none, then publish what the plan said; refused when the plan would be another one now' })
  @ApiOkResponse({ standardSchema: FilesApplied })
  apply(@Body({ schema: ApplyRequest }) request: ApplyRequest, @CurrentActor() actor: Actor) {
    return this.files.apply(request, actor);
  }
}
