import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { idAfter, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { ALARM_KINDS } from '../domain/condition.js';
import { pathOf, sentenceOf } from '../domain/words.js';
import { listAlarms } from '../store/alarms.store.js';
import type { Target } from '../store/targets.store.js';
import { AlarmTargets } from '../targets.service.js';

const At = z.iso.datetime();
const Level = z.enum(['warn', 'bad']);
const Language = z.enum(['en', 'ko']);
const AlarmView = z.object({
  id: Id, kind: z.enum(ALARM_KINDS), level: Level, message: z.object({ en: z.string(), ko: z.string() }), path: z.string().meta({ description: 'Where in the dashboard to go on' }),
  openedAt: At, seenAt: At.meta({ description: 'When it was last found so' }), closedAt: At.nullable(), wasTold: z.boolean().meta({ description: 'Lasted a minute, so those who are to be told were' }),
}).meta({ id: 'Alarm' });
const AlarmList = z.object({ items: z.array(AlarmView), next: z.string().nullable() }).meta({ id: 'AlarmList' });
const AlarmQuery = PageQuery.extend({ open: z.enum(['true', 'false']).default('true').transform((given) => given === 'true') });

const TargetView = z.object({
  id: Id, email: z.string().nullable(), endpointId: Id.nullable(), endpointName: z.string().nullable(), language: Language, least: Level, createdAt: At,
  last: z.object({ state: z.enum(['sent', 'failed', 'uncertain']), answer: z.string(), at: At }).nullable(),
}).meta({ id: 'AlarmTarget' });
const TargetList = z.object({ items: z.array(TargetView) }).meta({ id: 'AlarmTargetList' });
const settings = { language: Language.default('en'), least: Level.default('bad').meta({ description: 'bad: only what is to mend now' }) };
const NewTarget = z.strictObject({ email: z.email().max(254).optional(), endpointId: Id.optional(), ...settings }).refine(({ email, endpointId }) => (email === undefined) !== (endpointId === undefined), { error: 'name either an e-mail address or an endpoint', path: ['email'] });
const TargetChange = z.strictObject({ language: Language.optional(), least: Level.optional() });
const Tested = z.object({ ok: z.boolean(), answer: z.string() });

const view = ({ lastState, lastAnswer, lastAt, stopKey: _key, createdAt, ...target }: Target): z.infer<typeof TargetView> => ({
  ...target, createdAt: createdAt.toISOString(), last: lastAt === null ? null : { state: lastState as 'sent', answer: lastAnswer ?? '', at: lastAt.toISOString() },
});

/** What is or was wrong, and who is told of it. */
@ApiTags('Operations')
@Controller('v1')
export class AlarmsController {
  constructor(private readonly db: DataSource, private readonly targets: AlarmTargets) {}

  @Get('alarms') @AllowAll()
  @ApiOperation({ summary: 'Alarms, newest first: queues that fall behind, campaigns that take nobody, returns, servers and endpoints that fail' })
  @ApiOkResponse({ standardSchema: AlarmList })
  async list(@Query({ schema: AlarmQuery }) { open, after, limit }: z.infer<typeof AlarmQuery>): Promise<z.infer<typeof AlarmList>> {
    const page = pageOf(await listAlarms(this.db, { open, before: idAfter(after), limit: limit + 1 }), limit, (last) => [last.id]);
    return { ...page, items: page.items.map(({ id, kind, level, facts, openedAt, seenAt, closedAt, wasTold }) => ({
      id, kind, level, wasTold, message: { en: sentenceOf(kind, facts, 'en'), ko: sentenceOf(kind, facts, 'ko') }, path: pathOf(kind, facts),
      openedAt: openedAt.toISOString(), seenAt: seenAt.toISOString(), closedAt: closedAt?.toISOString() ?? null,
    })) };
  }

  @Get('alarm-targets') @Allow()
  @ApiOperation({ summary: 'Who is told of alarms, and how the last message went' })
  @ApiOkResponse({ standardSchema: TargetList })
  async all(): Promise<z.infer<typeof TargetList>> {
    return { items: (await this.targets.list()).map(view) };
  }

  @Post('alarm-targets') @Allow()
  @ApiOperation({ summary: 'Tell alarms to an e-mail address or to an endpoint (webhook, Slack, JANDI)' })
  @ApiOkResponse({ standardSchema: TargetView })
  async create(@Body({ schema: NewTarget }) body: z.infer<typeof NewTarget>, @CurrentActor() actor: Actor) {
    return view(await this.targets.create(body, actor));
  }

  @Patch('alarm-targets/:id') @Allow()
  @ApiOperation({ summary: 'Change language and level' })
  @ApiOkResponse({ standardSchema: TargetView })
  async change(@Param('id', { schema: Id }) id: string, @Body({ schema: TargetChange }) body: z.infer<typeof TargetChange>, @CurrentActor() actor: Actor) {
    return view(await this.targets.change(id, body, actor));
  }

  @Delete('alarm-targets/:id') @HttpCode(204) @Allow()
  @ApiOperation({ summary: 'Tell no more alarms there' })
  async remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.targets.remove(id, actor);
  }

  @Post('alarm-targets/:id/test') @HttpCode(200) @Allow()
  @ApiOperation({ summary: 'Send a test there now' })
  @ApiOkResponse({ standardSchema: Tested })
  test(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof Tested>> {
    return this.targets.test(id);
  }
}
