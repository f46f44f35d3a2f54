import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../contract/common.js';
import { PersonHandle } from '../../contract/people.js';
import { AllowAll } from '../../platform/http/access.js';
import { idAfter, pageOf, PageQuery } from '../../platform/http/paging.js';
import { SegmentInsight } from '../insight.service.js';
import { EstimateView, ExplainQuery, ExplainView, FieldsQuery, FieldsView, GrowthQuery, GrowthView, MemberList, OverlapQuery, OverlapView, PersonSegmentList, PreviewRequest, PreviewView } from './insight-schemas.js';

const dateOf = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

/** Questions about segments; nothing here changes anything. */
@ApiTags('Segments')
@Controller('v1')
export class InsightController {
  constructor(private readonly insight: SegmentInsight) {}

  @Post('segments/preview') @HttpCode(200) @AllowAll()
  @ApiOperation({ summary: 'Check a definition: its faults, or its sentence, exact count and a few people' })
  @ApiOkResponse({ standardSchema: PreviewView })
  preview(@Body({ schema: PreviewRequest }) { definition }: z.infer<typeof PreviewRequest>) {
    return this.insight.preview(definition);
  }

  @Post('segments/estimate') @HttpCode(200) @AllowAll()
  @ApiOperation({ summary: 'About how many people match, at once, with the bounds of the error' })
  @ApiOkResponse({ standardSchema: EstimateView })
  estimate(@Body({ schema: PreviewRequest }) { definition }: z.infer<typeof PreviewRequest>) {
    return this.insight.estimate(definition);
  }

  @Get('segments/fields') @AllowAll()
  @ApiOperation({ summary: 'What a condition can name: attributes or the properties of an event, with the share that has each and frequent values; tags' })
  @ApiOkResponse({ standardSchema: FieldsView })
  fields(@Query({ schema: FieldsQuery }) { event }: z.infer<typeof FieldsQuery>) {
    return this.insight.fields(event);
  }

  @Get('segments/overlap') @AllowAll()
  @ApiOperation({ summary: 'How many people are in several segments at once' })
  @ApiOkResponse({ standardSchema: OverlapView })
  overlap(@Query({ schema: OverlapQuery }) { ids }: z.infer<typeof OverlapQuery>) {
    return this.insight.overlap(ids);
  }

  @Get('segments/:id/members') @AllowAll()
  @ApiOperation({ summary: 'List members' })
  @ApiOkResponse({ standardSchema: MemberList })
  async members(@Param('id', { schema: Id }) id: string, @Query({ schema: PageQuery }) query: PageQuery) {
    return pageOf(await this.insight.members(id, idAfter(query.after), query.limit + 1), query.limit, (last) => [last.id]);
  }

  @Get('segments/:id/explain') @AllowAll()
  @ApiOperation({ summary: 'Why a person matches or not, now or at another moment: every condition, what it compared, when it changes by itself' })
  @ApiOkResponse({ standardSchema: ExplainView })
  explain(@Param('id', { schema: Id }) id: string, @Query({ schema: ExplainQuery }) query: z.infer<typeof ExplainQuery>) {
    return this.insight.explain(id, query.personId, dateOf(query.at));
  }

  @Get('segments/:id/growth') @AllowAll()
  @ApiOperation({ summary: 'Who entered and left in each hour, day or week, why, and how many members there were' })
  @ApiOkResponse({ standardSchema: GrowthView })
  growth(@Param('id', { schema: Id }) id: string, @Query({ schema: GrowthQuery }) { from, to, every, timeZone }: z.infer<typeof GrowthQuery>) {
    return this.insight.growth(id, { from: dateOf(from), to: dateOf(to), every, timeZone });
  }

  @Get('people/:id/segments') @AllowAll()
  @ApiOperation({ summary: 'The segments a person is in, and since when' })
  @ApiOkResponse({ standardSchema: PersonSegmentList })
  async segmentsOf(@Param('id', { schema: PersonHandle }) id: string, @Query({ schema: PageQuery }) query: PageQuery) {
    return pageOf(await this.insight.segmentsOf(id, idAfter(query.after), query.limit + 1), query.limit, (last) => [last.id]);
  }
}
