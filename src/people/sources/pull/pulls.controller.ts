import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { Pulls } from './pulls.service.js';
import { PULL_KINDS, type Pull } from './pulls.store.js';

const PullRequest = z.strictObject({
  kind: z.enum(PULL_KINDS), address: z.string().trim().min(1).max(2_000).describe('https://…/people.csv, or postgres://user:password@host/database; sealed, answered back without its secrets.'),
  query: z.string().trim().min(1).max(20_000).regex(/^[^;]*$/, 'must be one query without a semicolon').optional().describe('Of postgres: a select whose rows become bodies.'),
  cursorColumn: z.string().trim().min(1).max(63).optional().describe('Of postgres: a column of the query that only grows, such as updated_at or id.'),
  everyMinutes: z.number().int().min(5).max(10_080).default(60),
}).meta({ id: 'SourcePullRequest' });
const PullView = z.object({
  kind: z.enum(PULL_KINDS), address: z.string(), query: z.string().nullable(), cursorColumn: z.string().nullable(), cursor: z.string().nullable().describe('Where the next look goes on.'), everyMinutes: z.number().int(),
  nextAt: DateTime, lastAt: DateTime.nullable(), lastState: z.enum(['ok', 'unchanged', 'failed']).nullable(), lastRows: z.number().int().describe('How many rows were new.'), lastError: z.string().nullable(),
}).meta({ id: 'SourcePull' });
const PullAnswer = z.object({ pull: PullView.nullable() }).meta({ id: 'SourcePullAnswer' });

@ApiTags('Sources')
@Allow('owner')
@Controller('v1/sources/:id/pull')
export class PullsController {
  constructor(private readonly pulls: Pulls) {}

  @Get()
  @ApiOperation({ summary: 'What a source is asked for on a schedule, and how it went' }) @ApiOkResponse({ standardSchema: PullAnswer })
  async get(@Param('id', { schema: Id }) id: string) {
    return { pull: view(await this.pulls.get(id)) };
  }

  @Put()
  @ApiOperation({ summary: 'Ask for a CSV file or a query of PostgreSQL on a schedule; each row becomes a body' }) @ApiOkResponse({ standardSchema: PullAnswer })
  async put(@Param('id', { schema: Id }) id: string, @Body({ schema: PullRequest }) request: z.infer<typeof PullRequest>, @CurrentActor() actor: Actor) {
    return { pull: view(await this.pulls.put(id, request, actor)) };
  }

  @Delete() @HttpCode(204)
  @ApiOperation({ summary: 'Ask no more' }) @ApiNoContentResponse({ description: 'It is not asked any more; what came stays.' })
  async remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.pulls.remove(id, actor);
  }

  @Post('now') @HttpCode(200)
  @ApiOperation({ summary: 'Ask now' }) @ApiOkResponse({ standardSchema: PullAnswer })
  async now(@Param('id', { schema: Id }) id: string) {
    return { pull: view(await this.pulls.now(id)) };
  }
}

const view = (pull: Pull | null): z.infer<typeof PullView> | null => pull && (({ id: _id, sourceId: _sourceId, sealed: _sealed, etag: _etag, modified: _modified, shown, ...told }) => ({ ...told, address: shown }))(pull);
