import { Body, Controller, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Key } from '../../../contract/common.js';
import { PersonHandle } from '../../../contract/people.js';
import { PersonIdPipe } from '../../../people/http/person-id.pipe.js';
import { actorName } from '../../../platform/audit.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { pageOf } from '../../../platform/http/paging.js';
import { networkOf } from '../../../kernel/network.js';
import { Preferences } from '../preferences.service.js';
import { ConsentList, ConsentRequest, ProofPage, ProofQuerySchema, TopicChange, TopicList, TopicRequest, TopicView } from './schemas.js';

@ApiTags('Preferences')
@Controller('v1')
export class TopicsController {
  constructor(private readonly preferences: Preferences) {}

  @Get('topics') @AllowAll()
  @ApiOperation({ summary: 'List the topics people can choose' })
  @ApiOkResponse({ standardSchema: TopicList })
  async list() {
    return { items: await this.preferences.topics() };
  }

  @Post('topics') @Allow('marketer')
  @ApiOperation({ summary: 'Add a topic' })
  @ApiCreatedResponse({ standardSchema: TopicView })
  create(@Body({ schema: TopicRequest }) topic: z.infer<typeof TopicRequest>, @CurrentActor() actor: Actor) {
    return this.preferences.addTopic(topic, actor);
  }

  @Patch('topics/:key') @Allow('marketer')
  @ApiOperation({ summary: 'Rename a topic or change whether it needs a yes first' })
  @ApiOkResponse({ standardSchema: TopicView })
  change(@Param('key', { schema: Key }) key: string, @Body({ schema: TopicChange }) change: z.infer<typeof TopicChange>, @CurrentActor() actor: Actor) {
    return this.preferences.changeTopic(key, change, actor);
  }

  @Get('people/:id/consent') @AllowAll()
  @ApiOperation({ summary: 'What a person said about topics' })
  @ApiOkResponse({ standardSchema: ConsentList })
  async consents(@Param('id', { schema: PersonHandle, pipes: [PersonIdPipe] }) id: string) {
    return this.preferences.consents(id);
  }

  @Put('people/:id/consent') @Allow('marketer')
  @ApiOperation({ summary: 'Record what a person said about topics; topics not named stay as they are' })
  @ApiOkResponse({ standardSchema: ConsentList })
  async put(@Param('id', { schema: PersonHandle, pipes: [PersonIdPipe] }) id: string, @Body({ schema: ConsentRequest }) { consents, saidAt, ip, ...given }: z.infer<typeof ConsentRequest>, @CurrentActor() actor: Actor) {
    const proof = { ...given, actor: actorName(actor), saidAt: saidAt === undefined ? undefined : new Date(saidAt), network: ip === undefined ? undefined : networkOf(ip) };
    return this.preferences.putConsents(id, consents, proof);
  }

  @Get('people/:id/consent/proof') @AllowAll()
  @ApiOperation({ summary: 'What a person said about topics and how we know, newest first; kept after they unsubscribed' })
  @ApiOkResponse({ standardSchema: ProofPage })
  async proofOf(@Param('id', { schema: PersonHandle, pipes: [PersonIdPipe] }) id: string, @Query({ schema: ProofQuerySchema }) query: z.infer<typeof ProofQuerySchema>) {
    return this.page(query, id);
  }

  @Get('consent-proof') @AllowAll()
  @ApiOperation({ summary: 'The proof log of consent, newest first' })
  @ApiOkResponse({ standardSchema: ProofPage })
  async proof(@Query({ schema: ProofQuerySchema }) query: z.infer<typeof ProofQuerySchema>) {
    return this.page(query);
  }

  private async page({ limit, after, topic }: z.infer<typeof ProofQuerySchema>, personId?: string) {
    const found = await this.preferences.proof({ personId, topic, limit, before: instantAndId(after) });
    return pageOf(found, limit, (last) => [last.recordedAt.toISOString(), last.id]);
  }
}
