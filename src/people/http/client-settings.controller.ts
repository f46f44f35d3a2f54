import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { WithWriteKey } from '../../platform/http/access.js';
import { WriteKeys } from '../../platform/http/write-keys.js';
import { PublicUrl } from '../../platform/public-url.js';
import { presentedKeys, verifyKey } from '../../platform/http/presented-keys.js';
import { INGEST_ROUTE } from './ingest-transport.js';

const Settings = z.record(z.string(), z.unknown()).meta({ id: 'ClientSettings' });

/** What browser clients load before their first event. */
@ApiTags('Events')
@Controller()
export class ClientSettingsController {
  constructor(private readonly keys: WriteKeys, private readonly publicUrl: PublicUrl) {}

  @Get('v1/projects/:key/settings') @RouteConfig(INGEST_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'Settings of Segment browser and mobile clients' }) @ApiOkResponse({ standardSchema: Settings })
  async segment(@Param('key', { schema: z.string().max(300) }) key: string, @Req() request: FastifyRequest) {
    await verifyKey(this.keys, [key], request.headers.origin);
    const { host, protocol, pathname } = new URL(this.publicUrl.value);
    const apiHost = `${host}${pathname.replace(/\/$/, '')}/v1`;
    return {
      integrations: { 'Segment.io': { apiKey: key, apiHost, protocol: protocol.replace(':', ''), addBundledMetadata: false, unbundledIntegrations: [], maybeBundledConfigIds: {} } },
      plan: { track: { __default: { enabled: true, integrations: {} } }, identify: { __default: { enabled: true } }, group: { __default: { enabled: true } } },
      edgeFunction: {}, analyticsNextEnabled: true, middlewareSettings: {}, enabledMiddleware: {}, metrics: { sampleRate: 0 }, legacyVideoPluginsEnabled: false, remotePlugins: [],
    };
  }

  @Get(['sourceConfig', 'sourceConfig/*']) @RouteConfig(INGEST_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'Settings of RudderStack browser clients' }) @ApiOkResponse({ standardSchema: Settings })
  async rudder(@Query('writeKey', { schema: z.string().max(300).optional() }) writeKey: string | undefined, @Req() request: FastifyRequest) {
    const presented = presentedKeys(request);
    const key = await verifyKey(this.keys, presented, request.headers.origin);
    const off = { enabled: false };
    const source = {
      id: key.id, name: key.name, writeKey: writeKey ?? presented[0], enabled: true, workspaceId: 'danbi', destinations: [], connections: [], dataplanes: {},
      config: { statsCollection: { errors: off, metrics: off } },
      sourceDefinition: { name: 'Javascript', id: 'danbi-javascript' },
    };
    return { source, consentManagementMetadata: { providers: [] } };
  }
}
