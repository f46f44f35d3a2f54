import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { notFound } from '../../../kernel/errors.js';
import { AllowAll } from '../../../platform/http/access.js';
import { pageOf } from '../../../platform/http/paging.js';
import { decisionsOf, eventsOf, findDelivery, listDeliveries, postsOf, restOf, type DeliveryEventView } from '../store/delivery-reads.store.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { verdictInWords } from '../../tracking/domain/words.js';
import { DeliveriesQuery, DeliveryDetail, DeliveryPage } from './schemas.js';

/** The ledger of messages, as it is. */
@ApiTags('Deliveries')
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(private readonly db: DataSource) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List deliveries, newest first' })
  @ApiOkResponse({ standardSchema: DeliveryPage })
  async list(@Query({ schema: DeliveriesQuery }) { limit, after, ...filters }: z.infer<typeof DeliveriesQuery>) {
    const cursor = instantAndId(after);
    const found = await listDeliveries(this.db, { ...filters, limit, before: cursor && { queuedAt: cursor.at, id: cursor.id } });
    return pageOf(found, limit, (last) => [last.queuedAt.toISOString(), last.id]);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'One delivery: what gates said, tries, and what came of it' })
  @ApiOkResponse({ standardSchema: DeliveryDetail })
  async one(@Param('id', { schema: Id }) id: string) {
    const delivery = await findDelivery(this.db, id);
    if (!delivery) throw notFound('delivery', id);
    const events = (await eventsOf(this.db, id, delivery.personId)).map((event) => ({ ...event, inWords: explained(event) }));
    return { ...delivery, ...(await restOf(this.db, id)), events, decisions: await decisionsOf(this.db, delivery), posts: await postsOf(this.db, id) };
  }
}

/** Why an open or click counts as a person's or a machine's; other events need no explaining. */
function explained({ kind, verdict, evidence }: DeliveryEventView) {
  return kind === 'open' || kind === 'click' || kind === 'honeypot' ? verdictInWords(verdict, reasonsOf(evidence)) : null;
}

const reasonsOf = (evidence: unknown): string[] => {
  const { reasons } = (evidence ?? {}) as { reasons?: unknown };
  return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
};
