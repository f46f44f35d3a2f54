import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { AssignmentFilter, AssignmentList, AssignmentSummary, AssignmentTarget } from '../../contract/campaign-api.js';
import { Id } from '../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { decodeCursor, pageOf, PageQuery } from '../../platform/http/paging.js';
import { Assignments } from '../experiments/assignments.service.js';
import { GivenBodySchema, type GivenBody } from './assignment-body.js';
import { csvRows, ndjsonRows, type FileKind } from './given-stream.js';

const ASSIGNMENT: FileKind = { code: 'assignment', columns: ['personId', 'externalId', 'variant', 'at'], needs: ['variant'] };
const ASSIGNMENT_KEY = z.tuple([Id, Id]);
const ListQuery = PageQuery.extend(AssignmentFilter.shape);

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id/assignments')
export class AssignmentsController {
  constructor(private readonly assignments: Assignments) {}

  @Get()
  @AllowAll()
  @ApiOperation({ summary: 'List who was assigned to which variant' })
  @ApiOkResponse({ standardSchema: AssignmentList })
  async list(@Param('id', { schema: Id }) campaignId: string, @Query({ schema: ListQuery }) { after, ...query }: z.infer<typeof ListQuery>) {
    const cursor = decodeCursor(after, ASSIGNMENT_KEY);
    const found = await this.assignments.list({ ...query, campaignId, after: cursor && { experimentId: cursor[0], personId: cursor[1] } });
    return pageOf(found, query.limit, (last) => [last.experimentId, last.personId]);
  }

  @Post()
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({
    summary: 'Record assignments made outside Danbi',
    description: 'Up to 5,000 rows as JSON; any number as `application/x-ndjson` (one row a line) or `text/csv` (header personId or externalId, variant, at), with the experiment in the query. A first assignment stays; sending again changes nothing.',
  })
  @ApiOkResponse({ standardSchema: AssignmentSummary })
  give(@Param('id', { schema: Id }) campaignId: string, @Query({ schema: AssignmentTarget }) { experiment }: z.infer<typeof AssignmentTarget>, @Body({ schema: GivenBodySchema }) body: GivenBody, @Headers('content-type') type: string | undefined, @CurrentActor() actor: Actor) {
    if (body instanceof Readable) return this.assignments.give(campaignId, experiment, type?.startsWith('text/csv') ? csvRows(body, ASSIGNMENT) : ndjsonRows(body, ASSIGNMENT), actor);
    return this.assignments.give(campaignId, body.experiment ?? experiment, body.assignments.map((value) => ({ value })), actor);
  }
}
