import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { idAfter, PageQuery, pageOf } from '../../../platform/http/paging.js';
import { koreanOf } from '../../../platform/korean/korean-of.js';
import { Pulls } from './pulls.service.js';
import { PULL_KINDS, type Pull } from './pulls.store.js';

const PullRequest = z.strictObject({
  kind: z.enum(PULL_KINDS), address: z.string().trim().min(1).max(2_000).optional().describe('https://…/people.csv, or postgres://user:password@host/database; sealed, answered back without its secrets. Left out: the one that is known.'),
  query: z.string().trim().min(1).max(20_000).regex(/^[^;]*$/, 'must be one query without a semicolon').optional().describe('Of postgres: a select whose rows become bodies.'),
  cursorColumn: z.string().trim().min(1).max(63).optional().describe('Of postgres: a column of the query that only grows, such as updated_at or id.'),
  everyMinutes: z.number().int().min(5).max(10_080).default(60),
}).meta({ id: 'SourcePullRequest' });
const TryRequest = PullRequest.omit({ everyMinutes: true }).meta({ id: 'SourcePullTrialRequest' });
const TryView = z.object({ rows: z.array(z.record(z.string(), z.unknown())).describe('The first 20 as bodies.'), found: z.number().int().nullable().describe('Of a file: how many rows it has.') }).meta({ id: 'SourcePullTrial' });
const STATES = ['ok', 'unchanged', 'failed'] as const;
const RunList = z.object({ items: z.array(z.object({ id: z.uuid(), at: DateTime, state: z.enum(STATES), rows: z.number().int().describe('How many were new.'), error: z.string().nullable(), errorKo: z.string().optional() }).meta({ id: 'SourcePullRun' })), next: z.string().nullable() }).meta({ id: 'SourcePullRunList' });
const PullView = z.object({
  kind: z.enum(PULL_KINDS), address: z.string(), query: z.string().nullable(), cursorColumn: z.string().nullable(), cursor: z.string().nullable().describe('Where the next look goes on.'), everyMinutes: z.number().int(),
  nextAt: DateTime, lastAt: DateTime.nullable(), lastState: z.enum(STATES).nullable(), lastRows: z.number().int().describe('How many rows were new.'), lastError: z.string().nullable(), lastErrorKo: z.string().optional(),
  secretLost: z.boolean().optional().describe('Its address can not be opened: enter it again. Nothing is asked meanwhile'),
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
    return { pull: this.view(await this.pulls.get(id)) };
  }

  @Put()
  @ApiOperation({ summary: 'Ask for a CSV file or a query of PostgreSQL on a schedule; each row becomes a body' }) @ApiOkResponse({ standardSchema: PullAnswer })
  async put(@Param('id', { schema: Id }) id: string, @Body({ schema: PullRequest }) request: z.infer<typeof PullRequest>, @CurrentActor() actor: Actor) {
    return { pull: this.view(await this.pulls.put(id, request, actor)) };
  }

  @Delete() @HttpCode(204)
  @ApiOperation({ summary: 'Ask no more' }) @ApiNoContentResponse({ description: 'It is not asked any more; what came stays.' })
  async remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.pulls.remove(id, actor);
  }

  @Post('try') @HttpCode(200)
  @ApiOperation({ summary: 'What would come first, with another address or query before it is kept; nothing is kept' }) @ApiOkResponse({ standardSchema: TryView })
  async try(@Param('id', { schema: Id }) id: string, @Body({ schema: TryRequest }) request: z.infer<typeof TryRequest>): Promise<z.infer<typeof TryView>> {
    return this.pulls.try(id, request);
  }

  @Get('runs')
  @ApiOperation({ summary: 'How the last 200 looks went, newest first' }) @ApiOkResponse({ standardSchema: RunList })
  async runs(@Param('id', { schema: Id }) id: string, @Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const page = pageOf(await this.pulls.runs(id, { before: idAfter(after), limit: limit + 1 }), limit, (last) => [last.id]);
    return { ...page, items: page.items.map((run) => ({ ...run, ...korean('errorKo', run.error) })) };
  }

  @Post('now') @HttpCode(200)
  @ApiOperation({ summary: 'Ask now' }) @ApiOkResponse({ standardSchema: PullAnswer })
  async now(@Param('id', { schema: Id }) id: string) {
    return { pull: this.view(await this.pulls.now(id)) };
  }

  private view(pull: Pull | null): z.infer<typeof PullView> | null {
    if (!pull) return null;
    const { id: _id, sourceId: _sourceId, sealed: _sealed, etag: _etag, modified: _modified, shown, ...told } = pull;
    return { ...told, address: shown, ...korean('lastErrorKo', pull.lastError), ...(this.pulls.isLost(pull) ? { secretLost: true } : {}) };
  }
}

/** The Korean of a sentence beside it, where there is one. */
function korean<K extends string>(key: K, text: string | null): Partial<Record<K, string>> {
  const said = text === null ? null : koreanOf(text);
  return said === null ? {} : { [key]: said } as Record<K, string>;
}
