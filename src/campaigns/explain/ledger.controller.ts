import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Id } from '../../contract/common.js';
import { notFound } from '../../kernel/errors.js';
import { PersonHandle } from '../../contract/people.js';
import { PersonIdPipe } from '../../people/http/person-id.pipe.js';
import { personIdOf } from '../../people/person-handle.js';
import { AllowAll } from '../../platform/http/access.js';
import { decodeCursor, ID_KEY, pageOf, PageQuery } from '../../platform/http/paging.js';
import { findCampaign } from '../store/campaigns.store.js';
import { decisionsOf, participantsOf, runsOfPerson } from '../store/ledger.store.js';
import { Explain } from './explain.service.js';
import { DecisionList, DecisionQuery, ExplainQuery, ExplanationView, ParticipantList, ParticipantQuery, RunList } from './schemas.js';

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
  constructor(private readonly db: DataSource, private readonly explanations: Explain) {}

  @Get('campaigns/:id/explain')
  @ApiOperation({ summary: 'Why a person got a message of this campaign, or did not: every gate in order, and one sentence' })
  @ApiOkResponse({ standardSchema: ExplanationView })
  explain(@Param('id', { schema: Id }) id: string, @Query({ schema: ExplainQuery }) { personId, step }: ExplainQuery) {
    return this.explanations.explain(id, personId, step);
  }

  @Get('campaigns/:id/people')
  @ApiOperation({ summary: 'Runs of a campaign by step and state, newest first' })
  @ApiOkResponse({ standardSchema: ParticipantList })
  async people(@Param('id', { schema: Id }) id: string, @Query({ schema: ParticipantQuery }) query: ParticipantQuery) {
    await this.exists(id);
    const found = await participantsOf(this.db, id, { stepId: query.step, state: query.state, before: idAfter(query.after), limit: query.limit + 1 });
    return pageOf(found, query.limit, (last) => [last.runId]);
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
