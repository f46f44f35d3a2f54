import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { AllowAll } from '../../../platform/http/access.js';
import { idAfter, PageQuery, pageOf } from '../../../platform/http/paging.js';
import { callPeople } from '../../store/behind.store.js';
import { peopleOfWeek, WEEK_NUMBERS } from '../week-people.read.js';
import { Reports } from '../../reports/reports.service.js';
import { attentionOfWeek, WEEK_MS } from '../attention.read.js';
import { begun, liveCampaigns, weekOf } from '../home.read.js';

const Count = z.number().int();
const named = { name: z.string() };
const ofCampaign = { campaignId: Id, ...named };

const Attention = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('paused'), ...ofCampaign, text: z.object({ en: z.string(), ko: z.string() }) }),
  z.object({ kind: z.literal('breaker'), text: z.object({ en: z.string(), ko: z.string() }) }),
  z.object({ kind: z.literal('approval'), ...ofCampaign }),
  z.object({ kind: z.enum(['zero', 'collapse', 'surge']), ...ofCampaign, count: Count.meta({ description: 'People who entered in the last 24 hours' }), expected: z.number() }),
  z.object({ kind: z.literal('stuck'), ...ofCampaign, count: Count.meta({ description: 'People whose step or message was due long ago; counted up to 1,000 of each' }) }),
  z.object({ kind: z.literal('canary'), ...ofCampaign, count: Count.meta({ description: 'Notes on canary people' }) }),
  z.object({ kind: z.literal('split'), ...ofCampaign }),
  z.object({ kind: z.enum(['bounces', 'complaints']), ...ofCampaign, count: Count, of: Count }),
  z.object({ kind: z.enum(['readout_due', 'readout_done']), ...ofCampaign }),
  z.object({ kind: z.literal('segment'), segmentId: Id, ...named }),
  z.object({ kind: z.literal('domain'), domainId: Id, ...named }),
  z.object({ kind: z.literal('relay'), ...named }),
  z.object({ kind: z.enum(['webhook_off', 'webhook_resting']), endpointId: Id, ...named }),
  z.object({ kind: z.literal('webhook_lost'), endpointId: Id, ...named, count: Count }),
  z.object({ kind: z.literal('silent'), since: z.iso.datetime() }),
]).meta({ id: 'Attention' });

const Home = z.object({
  begun: z.object({ people: z.boolean(), segment: z.boolean(), campaign: z.boolean(), message: z.boolean() }).meta({ description: 'The first steps; sample people count for none of them' }),
  live: z.array(z.object({ id: Id, ...named, type: z.enum(['series', 'broadcast', 'auto_message']), state: z.enum(['active', 'paused', 'draining']), running: Count.meta({ description: 'People in it now' }) })),
  week: z.object({ from: z.iso.datetime(), sent: Count, openedHuman: Count, openedMost: Count, clicked: Count, goals: Count }).meta({ description: 'The last seven days, from the sums of results: people opened between `openedHuman` and `openedMost` messages' }),
  attention: z.array(Attention),
}).meta({ id: 'Home' });
type Home = z.infer<typeof Home>;

const WeekPeopleQuery = PageQuery.extend({ number: z.enum(WEEK_NUMBERS) });
const WeekPeople = z.object({
  from: z.iso.datetime(), next: z.string().nullable(),
  items: z.array(z.object({ personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), name: z.string().nullable(), times: Count.meta({ description: 'How often this person is in the number' }) })),
}).meta({ id: 'WeekPeople', description: 'Of `opened`, everybody whose open no machine is known to have made: the upper end of the number' });
type WeekPeople = z.infer<typeof WeekPeople>;

/** Where the day begins. */
@ApiTags('Reports')
@Controller('v1/home')
export class HomeController {
  constructor(private readonly reports: Reports) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'The first steps, what is live, the last seven days, and what needs somebody' })
  @ApiOkResponse({ standardSchema: Home })
  home(): Promise<Home> {
    return this.reports.inSnapshot(async ({ tx, now }) => {
      const from = new Date(now.getTime() - WEEK_MS);
      const { perCampaign, ...week } = await weekOf(tx, from);
      const attention = await attentionOfWeek(tx, { perCampaign }, from, now);
      return { begun: await begun(tx), live: await liveCampaigns(tx), week: { from: from.toISOString(), ...week }, attention };
    });
  }

  @Get('people') @AllowAll()
  @ApiOperation({ summary: 'Who is behind a number of the last seven days, who came to Danbi last first' })
  @ApiOkResponse({ standardSchema: WeekPeople })
  people(@Query({ schema: WeekPeopleQuery }) { number, limit, after }: z.infer<typeof WeekPeopleQuery>): Promise<WeekPeople> {
    return this.reports.inSnapshot(async ({ tx, now }) => {
      const from = new Date(now.getTime() - WEEK_MS);
      const page = pageOf(await peopleOfWeek(tx, { number, from, before: idAfter(after), limit: limit + 1 }), limit, (last) => [last.personId]);
      const known = new Map((await callPeople(tx, page.items.map(({ personId }) => personId))).map((person) => [person.id, person]));
      return { ...page, from: from.toISOString(), items: page.items.map(({ personId, times }) => ({ personId, externalId: known.get(personId)?.externalId ?? null, email: known.get(personId)?.email ?? null, name: known.get(personId)?.name ?? null, times })) };
    });
  }
}
