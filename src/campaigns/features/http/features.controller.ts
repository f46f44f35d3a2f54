import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Key } from '../../../contract/common.js';
import { ArchivedFeature, FEATURE_STATES, FeatureInput, FeaturePage, FeaturePatch, FeatureShip, FeatureShipping as ShippingView, FeatureUnshipped, FeatureView, PersonFeaturePage, Teammates } from '../../../contract/features.js';
import { LanguageTag } from '../../../contract/languages.js';
import { PersonHandle } from '../../../contract/people.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { idAfter, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { Features, type CountedFeature } from '../features.service.js';
import { FeatureRequestsService } from '../requests.service.js';
import { FeatureShippingViews } from '../shipping-view.service.js';
import { FeatureShipping } from '../shipping.service.js';
import { FeatureTeammates } from '../teammates.service.js';

const ListQuery = PageQuery.extend({ q: z.string().trim().min(1).max(200).optional().describe('Part of the name or key'), state: z.enum(FEATURE_STATES).optional() });
const ShippingQuery = z.object({ person: PersonHandle.optional(), language: LanguageTag.optional() });
const NewMessage = z.strictObject({ language: LanguageTag.optional().meta({ description: 'Of the message to begin with: en or ko; the workspace’s when absent' }) }).default({}).meta({ id: 'FeatureNewMessage' });

/** Ask, ship, tell. */
@ApiTags('Features')
@Controller('v1')
export class FeaturesController {
  constructor(private readonly features: Features, private readonly shipping: FeatureShipping, private readonly views: FeatureShippingViews, private readonly requests: FeatureRequestsService, private readonly team: FeatureTeammates) {}

  @Get('features') @AllowAll()
  @ApiOperation({ summary: 'List features people ask for, newest first' }) @ApiOkResponse({ standardSchema: FeaturePage })
  async list(@Query({ schema: ListQuery }) { after, limit, ...query }: z.infer<typeof ListQuery>) {
    const page = pageOf(await this.features.list({ ...query, after: idAfter(after), limit: limit + 1 }), limit, (last) => [last.id]);
    return { ...page, items: page.items.map(viewOf) };
  }

  @Post('features') @Allow('marketer')
  @ApiOperation({ summary: 'Create a feature' }) @ApiCreatedResponse({ standardSchema: FeatureView })
  async create(@Body({ schema: FeatureInput }) input: FeatureInput, @CurrentActor() actor: Actor) {
    return viewOf(await this.features.create(input, actor));
  }

  @Get('feature-teammates') @AllowAll()
  @ApiOperation({ summary: 'Colleagues who may own a feature or take requests' }) @ApiOkResponse({ standardSchema: Teammates })
  async teammates() {
    return { items: await this.team.all() };
  }

  @Get('features/:key') @AllowAll()
  @ApiOperation({ summary: 'Read a feature with how many asked, were told and use it' }) @ApiOkResponse({ standardSchema: FeatureView })
  async read(@Param('key', { schema: Key }) key: string) {
    return viewOf(await this.features.read(key));
  }

  @Patch('features/:key') @Allow('marketer')
  @ApiOperation({ summary: 'Change a feature', description: 'Of a shipped one the state moves by taking it back.' }) @ApiOkResponse({ standardSchema: FeatureView })
  async change(@Param('key', { schema: Key }) key: string, @Body({ schema: FeaturePatch }) patch: FeaturePatch, @CurrentActor() actor: Actor) {
    return viewOf(await this.features.change(key, patch, actor));
  }

  @Delete('features/:key') @Allow('marketer')
  @ApiOperation({ summary: 'Archive a feature that no campaign tells of any more; what was asked stays known' }) @ApiOkResponse({ standardSchema: ArchivedFeature })
  async archive(@Param('key', { schema: Key }) key: string, @CurrentActor() actor: Actor) {
    await this.features.archive(key, actor);
    return { key, state: 'archived' };
  }

  @Post('features/:key/message') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Make the campaign that is to tell', description: 'A draft to be edited like any campaign; the one there is when there is one. Its texts may say {{event.feature}}, {{event.words}}, {{event.askedAt}}, {{event.teammate}} and {{event.teammateEmail}}.' }) @ApiOkResponse({ standardSchema: FeatureView })
  async message(@Param('key', { schema: Key }) key: string, @Body({ schema: NewMessage }) { language }: z.infer<typeof NewMessage>, @CurrentActor() actor: Actor) {
    await this.shipping.writeMessage(key, language, actor);
    return viewOf(await this.features.read(key));
  }

  @Get('features/:key/shipping') @AllowAll()
  @ApiOperation({ summary: 'What shipping would do: whom it tells, by whom, and the message as one of them would get it' }) @ApiOkResponse({ standardSchema: ShippingView })
  view(@Param('key', { schema: Key }) key: string, @Query({ schema: ShippingQuery }) query: z.infer<typeof ShippingQuery>, @CurrentActor() actor: Actor) {
    return this.views.view(key, query, actor);
  }

  @Post('features/:key/ship') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Mark a feature as shipped and tell everybody who asked, once', description: 'Publishes its campaign, with all that publishing asks. Whoever asks later is told as well.' }) @ApiOkResponse({ standardSchema: FeatureView })
  async ship(@Param('key', { schema: Key }) key: string, @Body({ schema: FeatureShip.default({ tell: true }) }) body: z.infer<typeof FeatureShip>, @CurrentActor() actor: Actor) {
    await this.shipping.ship(key, body, actor);
    return viewOf(await this.features.read(key));
  }

  @Post('features/:key/unship') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Take shipping back: cancels every message that has not left' }) @ApiOkResponse({ standardSchema: FeatureUnshipped })
  async unship(@Param('key', { schema: Key }) key: string, @CurrentActor() actor: Actor) {
    const taken = await this.shipping.unship(key, actor);
    return { ...viewOf(await this.features.read(key)), ...taken };
  }

  @Get('people/:id/feature-requests') @AllowAll()
  @ApiOperation({ summary: 'What a person asked for, in their words, and what became of it' }) @ApiOkResponse({ standardSchema: PersonFeaturePage })
  async ofPerson(@Param('id', { schema: PersonHandle }) id: string) {
    const asked = await this.requests.ofPerson(id);
    return { items: asked.map(({ feature, outcome: { askedAt, quotes, takenBy, state, reason, toldAt, openedAt, usedAt } }) => ({ key: feature.key, name: feature.name, featureState: feature.state, askedAt, quotes, takenBy, state, reason, toldAt, openedAt, usedAt })) };
  }
}

const viewOf = ({ id: _id, ...feature }: CountedFeature): z.infer<typeof FeatureView> => feature;
