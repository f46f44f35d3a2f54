import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { PageQuery, pageOf } from '../../../platform/http/paging.js';
import { koreanOf } from '../../../platform/korean/korean-of.js';
import { PublicUrl } from '../../../platform/public-url.js';
import { Sources } from '../sources.service.js';
import type { SourceProblem } from '../store/source-deliveries.store.js';
import type { Source } from '../store/sources.store.js';
import { DELIVERY_STATES, SecretRequest, SourceDeliveryList, SourceDeliveryView, SourceList, SourcePatch, SourceRequest, SourceView, TrialRequest, TrialView } from './schemas.js';

const DeliveryQuery = PageQuery.extend({ state: z.enum(DELIVERY_STATES).optional() });

@ApiTags('Sources')
@Allow('owner')
@Controller('v1/sources')
export class SourcesController {
  constructor(private readonly sources: Sources, private readonly publicUrl: PublicUrl) {}

  @Get()
  @ApiOperation({ summary: 'List the systems that send us what happens there, newest first' }) @ApiOkResponse({ standardSchema: SourceList })
  async list(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const page = pageOf(await this.sources.list({ limit: limit + 1, after: instantAndId(after) }), limit, (last) => [last.createdAt.toISOString(), last.id]);
    return { ...page, items: page.items.map((one) => this.view(one)) };
  }

  @Post()
  @ApiOperation({ summary: 'Add Shopify, Stripe or any system that sends JSON; the answer has the address to paste there' }) @ApiCreatedResponse({ standardSchema: SourceView })
  async add(@Body({ schema: SourceRequest }) request: z.infer<typeof SourceRequest>, @CurrentActor() actor: Actor) {
    return this.view(await this.sources.add(request, actor));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One source; its secrets are never answered' }) @ApiOkResponse({ standardSchema: SourceView })
  async get(@Param('id', { schema: Id }) id: string) {
    return this.view(await this.sources.get(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Rename, switch on or off, change proof or mapping; what waits is read with the new mapping' }) @ApiOkResponse({ standardSchema: SourceView })
  async change(@Param('id', { schema: Id }) id: string, @Body({ schema: SourcePatch }) change: z.infer<typeof SourcePatch>, @CurrentActor() actor: Actor) {
    return this.view(await this.sources.change(id, change, actor));
  }

  @Delete(':id') @HttpCode(204)
  @ApiOperation({ summary: 'Remove a source: its address answers 404 from now on' }) @ApiNoContentResponse({ description: 'It is gone with its bodies; people and events stay.' })
  async remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.sources.remove(id, actor);
  }

  @Post(':id/secrets')
  @ApiOperation({ summary: 'Add a secret beside the old one; both are valid until one is removed' }) @ApiCreatedResponse({ standardSchema: SourceView })
  async addSecret(@Param('id', { schema: Id }) id: string, @Body({ schema: SecretRequest }) { secret }: z.infer<typeof SecretRequest>, @CurrentActor() actor: Actor) {
    return this.view(await this.sources.addSecret(id, secret, actor));
  }

  @Delete(':id/secrets/:secretId')
  @ApiOperation({ summary: 'Remove a secret: what it signs is refused from now on' }) @ApiOkResponse({ standardSchema: SourceView })
  async removeSecret(@Param('id', { schema: Id }) id: string, @Param('secretId', { schema: Id }) secretId: string, @CurrentActor() actor: Actor) {
    return this.view(await this.sources.removeSecret(id, secretId, actor));
  }

  @Post(':id/try') @HttpCode(200)
  @ApiOperation({ summary: 'What a body would become, with the mapping of now or another; nothing is kept' }) @ApiOkResponse({ standardSchema: TrialView })
  async try(@Param('id', { schema: Id }) id: string, @Body({ schema: TrialRequest }) request: z.infer<typeof TrialRequest>) {
    const { messages, ...rest } = await this.sources.try(id, request);
    return { ...inTwoLanguages(rest), messages: messages.map((one) => ({ ...one, occurredAt: one.occurredAt.toISOString() })) };
  }

  @Get(':id/deliveries')
  @ApiOperation({ summary: 'What it sent in the last week and what became of it, newest first' }) @ApiOkResponse({ standardSchema: SourceDeliveryList })
  async deliveries(@Param('id', { schema: Id }) id: string, @Query({ schema: DeliveryQuery }) { limit, after, state }: z.infer<typeof DeliveryQuery>) {
    const page = pageOf(await this.sources.deliveries(id, { state: state ?? null, limit: limit + 1, after: instantAndId(after) }), limit, (last) => [last.receivedAt.toISOString(), last.id]);
    return { ...page, items: page.items.map(inTwoLanguages) };
  }

  @Get(':id/deliveries/:deliveryId')
  @ApiOperation({ summary: 'One body as it came, with what was made of it' }) @ApiOkResponse({ standardSchema: SourceDeliveryView })
  async delivery(@Param('id', { schema: Id }) id: string, @Param('deliveryId', { schema: Id }) deliveryId: string) {
    return inTwoLanguages(await this.sources.delivery(id, deliveryId));
  }

  @Post(':id/deliveries/:deliveryId/read-again') @HttpCode(200)
  @ApiOperation({ summary: 'Read a body once more with the mapping of now; what was made of it already is not made twice' }) @ApiOkResponse({ standardSchema: SourceDeliveryView })
  async again(@Param('id', { schema: Id }) id: string, @Param('deliveryId', { schema: Id }) deliveryId: string, @CurrentActor() actor: Actor) {
    return inTwoLanguages(await this.sources.again(id, deliveryId, actor));
  }

  private view({ secrets, ...source }: Source): z.infer<typeof SourceView> {
    const lost = this.sources.lostSecrets({ ...source, secrets });
    return { ...source, url: `${this.publicUrl.value}/in/${source.id}`, secrets: secrets.map(({ id, hint, addedAt }) => ({ id, hint, addedAt, ...(lost.has(id) ? { lost: true } : {}) })) };
  }
}

/** The same with the Korean of each problem beside it, where there is one. */
const inTwoLanguages = <T extends { problems: SourceProblem[] }>(found: T) => ({ ...found, problems: found.problems.map(({ path, message }) => { const messageKo = koreanOf(message); return { path, message, ...(messageKo === null ? {} : { messageKo }) }; }) });
