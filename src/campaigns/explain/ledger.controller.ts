import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Id } from '../../contract/common.js';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import { PersonHandle } from '../../contract/people.js';
import { PersonIdPipe } from '../../people/http/person-id.pipe.js';
import { personIdOf } from '../../people/person-handle.js';
import { AllowAll } from '../../platform/http/access.js';
import { instantAndId } from '../../platform/http/instant-cursor.js';
import { decodeCursor, ID_KEY, pageOf, PageQuery } from '../../platform/http/paging.js';
import { STUCK } from '../domain/stuck.js';
import { findCampaign } from '../store/campaigns.store.js';
import { stuckGroups, stuckPeople } from '../store/stuck.store.js';
import { decisionsOf, participantsOf, runsOfPerson } from '../store/ledger.store.js';
import { Explain } from './explain.service.js';
import { DecisionList, DecisionQuery, ExplainQuery, ExplanationView, ParticipantList, ParticipantQuery, RunList, StuckPeople, StuckQuery, StuckView } from './schemas.js';

/** The id the next page starts after. */
function idAfter(after: string | undefined): string | null {
  const [id = null] = decodeCursor(after, ID_KEY) ?? [];
  return id;
}

/** What campaigns did with people: the ledger, and the reasons in it. */
@ApiTags('Campaigns')
@AllowAll()
@Controller('v1')
export class LedgerController {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly explanations: Explain) {}

  @Get('campaigns/:id/explain')
  @ApiOperation({ summary: 'Why a person got a message of this campaign, or did not: every gate in order, one sentence, the smallest change that flips it, and the next possible moment' })
  @ApiOkResponse({ standardSchema: ExplanationView })
  explain(@Param('id', { schema: Id }) id: string, @Query({ schema: ExplainQuery }) { personId, step, at, version }: ExplainQuery) {
    return this.explanations.explain(id, personId, { stepId: step, version, at: at === undefined ? undefined : new Date(at) });
  }

  @Get('campaigns/:id/people')
  @ApiOperation({ summary: 'Runs of a campaign by step and state, newest first' })
  @ApiOkResponse({ standardSchema: ParticipantList })
  async people(@Param('id', { schema: Id }) id: string, @Query({ schema: ParticipantQuery }) query: ParticipantQuery) {
    await this.exists(id);
    const found = await participantsOf(this.db, id, { stepId: query.step, state: query.state, before: idAfter(query.after), limit: query.limit + 1 });
    return pageOf(found, query.limit, (last) => [last.runId]);
  }

  @Get('campaigns/:id/stuck')
  @ApiOperation({ summary: 'People who wait at a step longer than it should take: where, how many, why, and what to do' })
  @ApiOkResponse({ standardSchema: StuckView })
  async stuck(@Param('id', { schema: Id }) id: string) {
    await this.exists(id);
    const now = this.clock.now();
    return { asOf: now.toISOString(), items: (await stuckGroups(this.db, id, now)).map((group) => ({ ...group, afterMinutes: STUCK[group.kind].minutes, why: STUCK[group.kind].why, whatToDo: STUCK[group.kind].whatToDo })) };
  }

  @Get('campaigns/:id/stuck/people')
  @ApiOperation({ summary: 'Who they are, those who wait longest first' })
  @ApiOkResponse({ standardSchema: StuckPeople })
  async stuckPeople(@Param('id', { schema: Id }) id: string, @Query({ schema: StuckQuery }) { kind, step, after, limit }: StuckQuery) {
    await this.exists(id);
    const place = instantAndId(after);
    const found = await stuckPeople(this.db, id, { now: this.clock.now(), kind, stepId: step, after: place, limit: limit + 1 });
    return pageOf(found, limit, (last) => [last.since, last.runId]);
  }

  @Get('campaigns/:id/decisions')
  @ApiOperation({ summary: 'Refusals of a campaign, newest first' })
  @ApiOkResponse({ standardSchema: DecisionList })
  async decisions(@Param('id', { schema: Id }) id: string, @Query({ schema: DecisionQuery }) { step, after, limit, personId, ...query }: DecisionQuery) {
    await this.exists(id);
    const found = await decisionsOf(this.db, id, { ...query, personId: personId === undefined ? undefined : await personIdOf(this.db, personId), stepId: step, before: idAfter(after), limit: limit + 1 });
    return pageOf(found, limit, (last) => [last.id]);
  }

  @Get('people/:id/campaigns')
  @ApiOperation({ summary: 'A person’s runs with their steps and deliveries, newest first' })
  @ApiOkResponse({ standardSchema: RunList })
  async runs(@Param('id', { schema: PersonHandle, pipes: [PersonIdPipe] }) id: string, @Query({ schema: PageQuery }) query: PageQuery) {
    const found = await runsOfPerson(this.db, id, { campaignId: null, before: idAfter(query.after), limit: query.limit + 1 });
    return pageOf(found, query.limit, (last) => [last.id]);
  }

  private async exists(campaignId: string): Promise<void> {
    if (!(await findCampaign(this.db, campaignId))) throw notFound('campaign', campaignId);
  }
}
