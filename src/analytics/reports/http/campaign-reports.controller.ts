import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Attribution, AttributionQuery, AutoMessageQuery, AutoMessageReport, Funnel, FunnelQuery, StepFlow, StepFlowQuery, SurveyQuery, SurveyReport, VerbatimQuery, Verbatims } from '../../../contract/reports/campaign.js';
import { Id } from '../../../contract/common.js';
import { RefusalQuery, RefusalReport, SeriesQuery, TimeSeries } from '../../../contract/reports/workspace.js';
import { AllowAll } from '../../../platform/http/access.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { pageOf } from '../../../platform/http/paging.js';
import { attribution } from '../attribution.js';
import { autoMessage } from '../auto-message.js';
import { funnel } from '../funnel.js';
import { refusals } from '../refusals.js';
import { Reports } from '../reports.service.js';
import { stepFlow } from '../step-flow.js';
import { surveys } from '../surveys.js';
import { timeSeries } from '../time-series.js';
import { verbatimsOf } from '../verbatims.read.js';

@ApiTags('Reports')
@AllowAll()
@Controller('v1/campaigns/:id/reports')
export class CampaignReportsController {
  constructor(private readonly reports: Reports) {}

  @Get('funnel')
  @ApiOperation({ summary: 'People from eligible to converted, by message and variant' })
  @ApiOkResponse({ standardSchema: Funnel })
  funnel(@Param('id', { schema: Id }) id: string, @Query({ schema: FunnelQuery }) query: z.infer<typeof FunnelQuery>) {
    return this.reports.ofCampaign(funnel, id, query);
  }

  @Get('attribution')
  @ApiOperation({ summary: 'Goal events credited to the last click or message before them; not what messages caused' })
  @ApiOkResponse({ standardSchema: Attribution })
  attribution(@Param('id', { schema: Id }) id: string, @Query({ schema: AttributionQuery }) query: z.infer<typeof AttributionQuery>) {
    return this.reports.ofCampaign(attribution, id, query);
  }

  @Get('time-series')
  @ApiOperation({ summary: 'What happened, by hour or day of a time zone' })
  @ApiOkResponse({ standardSchema: TimeSeries })
  timeSeries(@Param('id', { schema: Id }) id: string, @Query({ schema: SeriesQuery }) query: z.infer<typeof SeriesQuery>) {
    return this.reports.ofCampaign(timeSeries, id, query);
  }

  @Get('step-flow')
  @ApiOperation({ summary: 'Who is at which step until when, how many passed each way, and where they dropped off' })
  @ApiOkResponse({ standardSchema: StepFlow })
  stepFlow(@Param('id', { schema: Id }) id: string, @Query({ schema: StepFlowQuery }) query: z.infer<typeof StepFlowQuery>) {
    return this.reports.ofCampaign(stepFlow, id, query);
  }

  @Get('auto-message')
  @ApiOperation({ summary: 'Claims, displays and attention before them, what people did, and refusals by reason' })
  @ApiOkResponse({ standardSchema: AutoMessageReport })
  autoMessage(@Param('id', { schema: Id }) id: string, @Query({ schema: AutoMessageQuery }) query: z.infer<typeof AutoMessageQuery>) {
    return this.reports.ofCampaign(autoMessage, id, query);
  }

  @Get('surveys')
  @ApiOperation({ summary: 'NPS, CSAT and choices with their intervals, by variant and by segment at the answer' })
  @ApiOkResponse({ standardSchema: SurveyReport })
  surveys(@Param('id', { schema: Id }) id: string, @Query({ schema: SurveyQuery }) query: z.infer<typeof SurveyQuery>) {
    return this.reports.ofCampaign(surveys, id, query);
  }

  @Get('surveys/verbatims')
  @ApiOperation({ summary: 'What people wrote, newest first; "q" finds part of a text' })
  @ApiOkResponse({ standardSchema: Verbatims })
  verbatims(@Param('id', { schema: Id }) id: string, @Query({ schema: VerbatimQuery }) { limit, after, ...filter }: z.infer<typeof VerbatimQuery>) {
    return this.reports.inSnapshot(async ({ tx }) => {
      await this.reports.checkCampaign(tx, id);
      const found = await verbatimsOf(tx, id, { ...filter, after: instantAndId(after), limit: limit + 1 });
      const page = pageOf(found, limit, (last) => [last.cursorAt, last.deliveryId]);
      return { ...page, items: page.items.map(({ cursorAt: _cursor, ...item }) => ({ ...item, at: item.at.toISOString() })) };
    });
  }

  @Get('refusals')
  @ApiOperation({ summary: 'Why messages did not go, over time' })
  @ApiOkResponse({ standardSchema: RefusalReport })
  refusals(@Param('id', { schema: Id }) id: string, @Query({ schema: RefusalQuery }) query: z.infer<typeof RefusalQuery>) {
    return this.reports.ofCampaign(refusals, id, query);
  }
}
