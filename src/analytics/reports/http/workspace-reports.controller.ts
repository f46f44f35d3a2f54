import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { HoldoutQuery, HoldoutReport } from '../../../contract/reports/holdouts.js';
import { Crowded, CrowdedQuery, DeliverabilityQuery, DeliverabilityReport, OverlapQuery, OverlapReport, RefusalQuery, RefusalReport, SeriesQuery, TimeSeries } from '../../../contract/reports/workspace.js';
import { AllowAll } from '../../../platform/http/access.js';
import { decodeCursor, pageOf } from '../../../platform/http/paging.js';
import { deliverability } from '../deliverability.js';
import { holdouts } from '../holdouts.js';
import { crowdedPeople, overlap } from '../overlap.js';
import { workspaceRefusals } from '../refusals.js';
import { periodOf } from '../report.js';
import { Reports } from '../reports.service.js';
import { workspaceSeries } from '../time-series.js';

const CROWDED_KEY = z.tuple([z.number().int().min(0).max(2_147_483_647), z.uuid()]);

@ApiTags('Reports')
@AllowAll()
@Controller('v1/reports')
export class WorkspaceReportsController {
  constructor(private readonly reports: Reports) {}

  @Get('time-series')
  @ApiOperation({ summary: 'What happened in all campaigns, by hour or day of a time zone' })
  @ApiOkResponse({ standardSchema: TimeSeries })
  timeSeries(@Query({ schema: SeriesQuery }) query: z.infer<typeof SeriesQuery>) {
    return this.reports.ofWorkspace(workspaceSeries, query);
  }

  @Get('deliverability')
  @ApiOperation({ summary: 'What became of e-mail, by the domain it went to and the relay that took it' })
  @ApiOkResponse({ standardSchema: DeliverabilityReport })
  deliverability(@Query({ schema: DeliverabilityQuery }) query: z.infer<typeof DeliverabilityQuery>) {
    return this.reports.ofWorkspace(deliverability, query);
  }

  @Get('overlap')
  @ApiOperation({ summary: 'People whom several campaigns reached, and how many messages each person got' })
  @ApiOkResponse({ standardSchema: OverlapReport })
  overlap(@Query({ schema: OverlapQuery }) query: z.infer<typeof OverlapQuery>) {
    return this.reports.ofWorkspace(overlap, query);
  }

  @Get('overlap/people')
  @ApiOperation({ summary: 'Who got more than so many messages, most first' })
  @ApiOkResponse({ standardSchema: Crowded })
  crowded(@Query({ schema: CrowdedQuery }) { limit, after, campaigns, more, ...query }: z.infer<typeof CrowdedQuery>) {
    const [messages, personId] = decodeCursor(after, CROWDED_KEY) ?? [];
    return this.reports.inSnapshot(async (asked) => {
      const place = messages !== undefined && personId !== undefined ? { messages, personId } : null;
      const found = await crowdedPeople(asked.tx, periodOf(query, asked), { campaigns: campaigns ?? null, more, after: place, limit: limit + 1 });
      return pageOf(found, limit, (last) => [last.messages, last.personId]);
    });
  }

  @Get('holdouts')
  @ApiOperation({ summary: 'What messages caused: people kept back as control against those who were meant to get them, pooled per goal' })
  @ApiOkResponse({ standardSchema: HoldoutReport })
  holdouts(@Query({ schema: HoldoutQuery }) query: z.infer<typeof HoldoutQuery>) {
    return this.reports.ofWorkspace(holdouts, query);
  }

  @Get('refusals')
  @ApiOperation({ summary: 'Why messages did not go, over time, in all campaigns' })
  @ApiOkResponse({ standardSchema: RefusalReport })
  refusals(@Query({ schema: RefusalQuery }) query: z.infer<typeof RefusalQuery>) {
    return this.reports.ofWorkspace(workspaceRefusals, query);
  }
}
