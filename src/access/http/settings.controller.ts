import { Body, Controller, Get, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AllowAll, CurrentActor, Public, type Actor } from '../../platform/http/access.js';
import { pageOf } from '../../platform/http/paging.js';
import { PublicUrl } from '../../platform/public-url.js';
import { StoredAuditLog } from '../audit.service.js';
import { Setup } from '../setup.service.js';
import { Workspaces } from '../workspace.service.js';
import { setSession } from './cookies.js';
import { numberCursor } from './cursors.js';
import { AuditList, AuditQuery, SetupRequestSchema, SetupView, WorkspacePatch, WorkspaceView } from './schemas.js';

@ApiTags('Access')
@Controller('v1')
export class SettingsController {
  constructor(private readonly workspaces: Workspaces, private readonly setup: Setup, private readonly audit: StoredAuditLog, private readonly publicUrl: PublicUrl) {}

  @Public()
  @Post('setup')
  @ApiOperation({ summary: 'First start: make the owner, the workspace and the first keys with the one-time set-up token' })
  @ApiCreatedResponse({ standardSchema: SetupView })
  async complete(@Body({ schema: SetupRequestSchema }) body: z.infer<typeof SetupRequestSchema>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { token, ...made } = await this.setup.complete(body, request.headers['user-agent'] ?? '');
    setSession(reply, token, this.publicUrl.value);
    return made;
  }

  @AllowAll()
  @Get('workspace')
  @ApiOperation({ summary: 'Read the workspace: name, defaults, sender contact' })
  @ApiOkResponse({ standardSchema: WorkspaceView })
  load() {
    return this.workspaces.load();
  }

  @Patch('workspace')
  @ApiOperation({ summary: 'Change the parts given' })
  @ApiOkResponse({ standardSchema: WorkspaceView })
  update(@Body({ schema: WorkspacePatch }) change: z.infer<typeof WorkspacePatch>, @CurrentActor() actor: Actor) {
    return this.workspaces.update(change, actor);
  }

  @Get('audit')
  @ApiOperation({ summary: 'Who changed what, newest first; of one person or key, one kind, one thing, one period' })
  @ApiOkResponse({ standardSchema: AuditList })
  async entries(@Query({ schema: AuditQuery }) { limit, after, ...asked }: z.infer<typeof AuditQuery>) {
    const found = await this.audit.list(asked, numberCursor(after), limit + 1);
    return pageOf(found, limit, (last) => [last.id]);
  }
}
