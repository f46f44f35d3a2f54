import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../contract/common.js';
import { ResultsCheckAsked, ResultsCheckList, ResultsCheckRequest } from '../../contract/results.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { decodeCursor, encodeCursor, INSTANT_AND_ID_KEY, PageQuery } from '../../platform/http/paging.js';
import { CheckService } from '../check.service.js';

const ChecksQuery = PageQuery.extend({ campaignId: Id.optional() });

@ApiTags('Results')
@Controller('v1/analytics/reconciliation')
export class ReconciliationController {
  constructor(private readonly checks: CheckService) {}

  @AllowAll()
  @Get()
  @ApiOperation({ summary: 'How results compared with a recount of the ledger, night by night, newest first' })
  @ApiOkResponse({ standardSchema: ResultsCheckList })
  async list(@Query({ schema: ChecksQuery }) { campaignId, limit, after }: z.infer<typeof ChecksQuery>) {
    const [at, id] = decodeCursor(after, INSTANT_AND_ID_KEY) ?? [];
    const found = await this.checks.list({ campaignId: campaignId ?? null, after: at === undefined ? null : { at, id: id! }, limit: limit + 1 });
    const last = found.length > limit ? found[limit - 1]! : null;
    const items = found.slice(0, limit).map(({ cursorAt: _cursor, reached: _reached, at: moment, ...check }) => ({ ...check, at: moment.toISOString() }));
    return { items, next: last && encodeCursor([last.cursorAt, last.id]) };
  }

  @Allow('analyst')
  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Have the results of a campaign compared with its ledger now; the outcome is listed when it is done' })
  @ApiAcceptedResponse({ standardSchema: ResultsCheckAsked })
  async ask(@Body({ schema: ResultsCheckRequest }) { campaignId }: z.infer<typeof ResultsCheckRequest>, @CurrentActor() actor: Actor) {
    await this.checks.ask(campaignId, actor);
    return { campaignId, asked: true as const };
  }
}
