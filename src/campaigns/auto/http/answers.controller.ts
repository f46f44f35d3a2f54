import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { notFound } from '../../../kernel/errors.js';
import { AllowAll } from '../../../platform/http/access.js';
import { INSTANT_AND_ID_KEY, decodeCursor, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { findCampaign } from '../../store/campaigns.store.js';
import { answersOf } from '../store/answers.store.js';

const AnswerQuery = PageQuery.extend({ kind: z.enum(['reply', 'survey']).optional() });
type AnswerQuery = z.infer<typeof AnswerQuery>;
const AnswerList = z.object({
  items: z.array(z.object({
    deliveryId: Id, personId: Id, externalId: z.string().nullable(), version: z.number().int(), stepId: z.string(), variant: z.string(), kind: z.enum(['reply', 'survey']),
    score: z.number().int().nullable(), choices: z.array(z.string()).nullable(), text: z.string().nullable(), at: z.iso.datetime(),
  })),
  next: z.string().nullable(),
}).meta({ id: 'AnswerList' });

/** What people wrote back. */
@ApiTags('Campaigns')
@AllowAll()
@Controller('v1/campaigns/:id/answers')
export class AnswersController {
  constructor(private readonly db: DataSource) {}

  @Get()
  @ApiOperation({ summary: 'Replies and answers of surveys, newest first' })
  @ApiOkResponse({ standardSchema: AnswerList })
  async list(@Param('id', { schema: Id }) id: string, @Query({ schema: AnswerQuery }) { kind, after, limit }: AnswerQuery) {
    if (!(await findCampaign(this.db, id))) throw notFound('campaign', id);
    const [at, deliveryId] = decodeCursor(after, INSTANT_AND_ID_KEY) ?? [];
    const found = await answersOf(this.db, id, { kind, after: at && deliveryId ? { at, deliveryId } : null, limit: limit + 1 });
    const page = pageOf(found, limit, (last) => [last.cursorAt, last.deliveryId]);
    return { ...page, items: page.items.map(({ cursorAt: _cursor, ...item }) => ({ ...item, at: item.at.toISOString() })) };
  }
}
