import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import {
  CampaignChange, CampaignFilter, CampaignList, CampaignView, CheckView, DuplicateRequest, NewCampaign, PublishRequest, PublishView, StopView, TestPlansView,
} from '../../contract/campaign-api.js';
import { Id } from '../../contract/common.js';
import { AppError } from '../../kernel/errors.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { decodeCursor, INSTANT_AND_ID_KEY, pageOf, PageQuery } from '../../platform/http/paging.js';
import { CampaignCheck } from '../publishing/check.service.js';
import { isSound } from '../domain/refuse.js';
import { Drafts } from '../publishing/drafts.service.js';
import { Lifecycle } from '../lifecycle/lifecycle.service.js';
import { Publishing } from '../publishing/publish.service.js';
import { TestsThenSend } from '../experiments/tests-then-send.service.js';
import type { CampaignSummary } from '../store/campaigns.store.js';
import { proposedView, TestPlanning } from '../experiments/test-plans.service.js';

const NAME_AND_ID_KEY = z.tuple([z.string().max(200), z.uuid()]);
const TestPlanQuery = z.object({ revision: z.coerce.number().int().min(0).optional().meta({ description: 'Of which revision of the draft it is asked: of any other it says nothing, and does not refuse what an author is writing' }) });
const ListQuery = PageQuery.extend(CampaignFilter.shape);

function withoutCursor({ cursorKey: _place, ...campaign }: CampaignSummary & { cursorKey: string }): CampaignSummary {
  return campaign;
}

/** `If-Match: "3"` names a revision as well as the body does. */
function expectedRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const [, revision] = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch) ?? [];
  if (revision === undefined) throw new AppError('request.bad-if-match', 'If-Match must name the revision of the draft, for example "3".');
  return Number(revision);
}

@ApiTags('Campaigns')
@Controller('v1/campaigns')
export class CampaignsController {
  constructor(private readonly drafts: Drafts, private readonly checks: CampaignCheck, private readonly tests: TestPlanning, private readonly publishing: Publishing, private readonly lifecycle: Lifecycle, private readonly staged: TestsThenSend) {}

  @Get()
  @AllowAll()
  @ApiOperation({ summary: 'List campaigns, newest first or as `sort` says' })
  @ApiOkResponse({ standardSchema: CampaignList })
  async list(@Query({ schema: ListQuery }) { after, ...query }: z.infer<typeof ListQuery>) {
    const cursor = decodeCursor(after, query.sort === 'name' ? NAME_AND_ID_KEY : INSTANT_AND_ID_KEY);
    const found = await this.drafts.list({ ...query, after: cursor && { key: cursor[0], id: cursor[1] } });
    const page = pageOf(found, query.limit, (last) => [last.cursorKey, last.id]);
    return { ...page, items: page.items.map(withoutCursor) };
  }

  @Post()
  @Allow('marketer')
  @ApiOperation({ summary: 'Create a draft' })
  @ApiCreatedResponse({ standardSchema: CampaignView })
  create(@Body({ schema: NewCampaign }) draft: NewCampaign, @CurrentActor() actor: Actor) {
    return this.drafts.create(draft, actor);
  }

  @Get(':id')
  @AllowAll()
  @ApiOperation({ summary: 'Read a campaign with its draft' })
  @ApiOkResponse({ standardSchema: CampaignView })
  get(@Param('id', { schema: Id }) id: string) {
    return this.drafts.get(id);
  }

  @Put(':id')
  @Allow('marketer')
  @ApiOperation({ summary: 'Replace name and draft; refused when somebody else changed it since the revision named' })
  @ApiOkResponse({ standardSchema: CampaignView })
  replace(@Param('id', { schema: Id }) id: string, @Body({ schema: CampaignChange }) change: CampaignChange, @CurrentActor() actor: Actor) {
    return this.drafts.replace(id, change, actor);
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('marketer')
  @ApiOperation({ summary: 'Delete a draft that was never published' })
  @ApiNoContentResponse()
  remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.drafts.remove(id, actor);
  }

  @Post(':id/duplicate')
  @Allow('marketer')
  @ApiOperation({ summary: 'Make a new draft from this one' })
  @ApiCreatedResponse({ standardSchema: CampaignView })
  duplicate(@Param('id', { schema: Id }) id: string, @Body({ schema: DuplicateRequest }) { name }: z.infer<typeof DuplicateRequest>, @CurrentActor() actor: Actor) {
    return this.drafts.duplicate(id, name, actor);
  }

  @Post(':id/check')
  @HttpCode(200)
  @AllowAll()
  @ApiOperation({ summary: 'Say everything that is wrong or doubtful in the draft, each with its place; changes nothing' })
  @ApiOkResponse({ standardSchema: CheckView })
  async check(@Param('id', { schema: Id }) id: string) {
    const campaign = await this.drafts.get(id);
    const { definition, findings } = await this.checks.check(campaign.definition);
    const all = definition && isSound(findings) ? [...findings, ...(await this.tests.propose({ ...campaign, definition })).findings, ...(await this.checks.remarks(definition))] : findings;
    return { ok: isSound(all), findings: all, testThenSend: definition && (await this.staged.preview(definition)) };
  }

  @Post(':id/test-plan')
  @HttpCode(200)
  @AllowAll()
  @ApiOperation({ summary: 'Say how each test of the draft would be planned: people needed, date of the read-out, the difference that can be told apart by then; changes nothing' })
  @ApiOkResponse({ standardSchema: TestPlansView })
  async testPlan(@Param('id', { schema: Id }) id: string, @Query({ schema: TestPlanQuery }) { revision }: z.infer<typeof TestPlanQuery>) {
    const campaign = await this.drafts.get(id);
    if (revision !== undefined && revision !== campaign.revision) return { tests: [], findings: [] };
    const { definition } = await this.checks.sound(campaign.definition);
    const { tests, findings } = await this.tests.propose({ ...campaign, definition });
    return { tests: tests.map(proposedView), findings };
  }

  @Post(':id/publish')
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'Publish the draft as the next immutable version and let it run, even when it was paused or draining; a broadcast is launched at its launchAt, or at once' })
  @ApiOkResponse({ standardSchema: PublishView })
  publish(@Param('id', { schema: Id }) id: string, @Body({ schema: PublishRequest }) { revision, inFlight }: z.infer<typeof PublishRequest>, @Headers('if-match') ifMatch: string | undefined, @CurrentActor() actor: Actor) {
    return this.publishing.publish(id, { revision: revision ?? expectedRevision(ifMatch), inFlight }, actor);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'Hold everything: nobody enters or moves, nothing is sent' })
  @ApiOkResponse({ standardSchema: CampaignView })
  pause(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.lifecycle.move('pause', id, actor);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'Let a paused or draining campaign run again' })
  @ApiOkResponse({ standardSchema: CampaignView })
  resume(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.lifecycle.move('resume', id, actor);
  }

  @Post(':id/drain')
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'Take nobody in any more; those on the way go on to the end' })
  @ApiOkResponse({ standardSchema: CampaignView })
  drain(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.lifecycle.move('drain', id, actor);
  }

  @Post(':id/stop')
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'End it for good: cancel runs and what is queued, take in-app messages back' })
  @ApiOkResponse({ standardSchema: StopView })
  stop(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.lifecycle.stop(id, actor);
  }

  @Post(':id/archive')
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'Put away a draft, a stopped campaign, or one with nothing left to do' })
  @ApiOkResponse({ standardSchema: CampaignView })
  archive(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.lifecycle.archive(id, actor);
  }
}
