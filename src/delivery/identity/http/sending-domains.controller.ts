import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { decodeCursor, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { SendingDomains } from '../sending-domains.service.js';
import type { SendingDomain } from '../store/sending-domains.store.js';
import {
  CheckResult, Confirmation, PublishRecordList, RotationRequest, SelectorName, SendingDomainChange, SendingDomainList, SendingDomainRequest, SendingDomainView, SwitchRequest,
} from './schemas.js';

const DOMAIN_KEY = z.tuple([z.string().max(253)]);

@ApiTags('Sending domains')
@Allow('owner')
@Controller('v1/sending-domains')
export class SendingDomainsController {
  constructor(private readonly domains: SendingDomains) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List the domains we send from, by name' })
  @ApiOkResponse({ standardSchema: SendingDomainList })
  async list(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const [name = null] = decodeCursor(after, DOMAIN_KEY) ?? [];
    const page = pageOf(await this.domains.list({ after: name, limit: limit + 1 }), limit, (last) => [last.domain]);
    return { ...page, items: page.items.map(shown) };
  }

  @Post()
  @ApiOperation({ summary: 'Add a domain to send from; a DKIM key is made unless one is given, and signs from now on' })
  @ApiCreatedResponse({ standardSchema: SendingDomainView })
  async create(@Body({ schema: SendingDomainRequest }) body: z.infer<typeof SendingDomainRequest>, @CurrentActor() actor: Actor) {
    return shown(await this.domains.create(body, actor));
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'Read one domain with its keys (never private ones) and the last check' })
  @ApiOkResponse({ standardSchema: SendingDomainView })
  async load(@Param('id', { schema: Id }) id: string) {
    return shown(await this.domains.load(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change the parts given; bounceDomain null sends bounces to the From address again' })
  @ApiOkResponse({ standardSchema: SendingDomainView })
  async update(@Param('id', { schema: Id }) id: string, @Body({ schema: SendingDomainChange }) body: z.infer<typeof SendingDomainChange>, @CurrentActor() actor: Actor) {
    return shown(await this.domains.update(id, body, actor));
  }

  @Get(':id/records') @AllowAll()
  @ApiOperation({ summary: 'The DNS records to publish' })
  @ApiOkResponse({ standardSchema: PublishRecordList })
  async records(@Param('id', { schema: Id }) id: string) {
    return { items: await this.domains.records(id) };
  }

  @Post(':id/check') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Ask DNS now: DKIM, SPF, DMARC with alignment, return path; found, expected and a sentence for each' })
  @ApiOkResponse({ standardSchema: CheckResult })
  async check(@Param('id', { schema: Id }) id: string) {
    const { domain, checks } = await this.domains.check(id);
    return { domain: shown(domain), checks };
  }

  @Post(':id/rotate')
  @ApiOperation({ summary: 'Make the next DKIM key; the present one signs until the switch' })
  @ApiCreatedResponse({ standardSchema: SendingDomainView })
  async rotate(@Param('id', { schema: Id }) id: string, @Body({ schema: RotationRequest }) body: z.infer<typeof RotationRequest>, @CurrentActor() actor: Actor) {
    return shown(await this.domains.rotate(id, body, actor));
  }

  @Post(':id/switch') @HttpCode(200)
  @ApiOperation({ summary: 'Sign with the next key from now on; refused until DNS shows it' })
  @ApiOkResponse({ standardSchema: SendingDomainView })
  async switch(@Param('id', { schema: Id }) id: string, @Body({ schema: SwitchRequest }) { unseen }: z.infer<typeof SwitchRequest>, @CurrentActor() actor: Actor) {
    return shown(await this.domains.switchKey(id, unseen, actor));
  }

  @Delete(':id/keys/:selector')
  @ApiOperation({ summary: 'Forget a DKIM key that does not sign' })
  @ApiOkResponse({ standardSchema: SendingDomainView })
  async deleteKey(@Param('id', { schema: Id }) id: string, @Param('selector', { schema: SelectorName }) selector: string, @CurrentActor() actor: Actor) {
    return shown(await this.domains.deleteKey(id, selector, actor));
  }

  @Delete(':id') @HttpCode(204)
  @ApiOperation({ summary: 'Delete the domain and its keys; `confirm` repeats its name' })
  @ApiNoContentResponse()
  delete(@Param('id', { schema: Id }) id: string, @Query({ schema: Confirmation }) { confirm }: z.infer<typeof Confirmation>, @CurrentActor() actor: Actor) {
    return this.domains.delete(id, confirm, actor);
  }
}

const shown = (domain: SendingDomain) => ({ ...domain, status: domain.verifiedAt !== null ? 'verified' as const : domain.checkedAt === null ? 'unchecked' as const : 'failing' as const });
