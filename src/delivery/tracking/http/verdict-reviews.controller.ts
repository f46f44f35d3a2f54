import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { pageOf, PageQuery } from '../../../platform/http/paging.js';
import { VerdictReviews } from '../reviews.service.js';
import { VerdictReviewPage, VerdictReviewRequest, VerdictReviewView } from './schemas.js';

@ApiTags('Links')
@Controller('v1/verdict-reviews')
export class VerdictReviewsController {
  constructor(private readonly reviews: VerdictReviews) {}

  @Post() @HttpCode(202) @Allow('owner')
  @ApiOperation({ summary: 'Judge the opens and clicks of a period again, by the rules and the list of scanner networks of today', description: 'Runs in the background; segments follow what changes. The signs of every request are kept, so nothing but the verdict changes.' })
  @ApiAcceptedResponse({ standardSchema: VerdictReviewView })
  request(@Body({ schema: VerdictReviewRequest }) { from, until }: z.infer<typeof VerdictReviewRequest>, @CurrentActor() actor: Actor) {
    return this.reviews.request({ from: new Date(from), until: new Date(until) }, actor);
  }

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List reviews of verdicts, newest first' })
  @ApiOkResponse({ standardSchema: VerdictReviewPage })
  async list(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const found = await this.reviews.list({ limit: limit + 1, before: instantAndId(after) });
    return pageOf(found, limit, (last) => [last.requestedAt.toISOString(), last.id]);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'How far a review of verdicts has come' })
  @ApiOkResponse({ standardSchema: VerdictReviewView })
  one(@Param('id', { schema: Id }) id: string) {
    return this.reviews.one(id);
  }
}
