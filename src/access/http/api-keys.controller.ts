import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../contract/common.js';
import { CurrentActor, type Actor } from '../../platform/http/access.js';
import { pageOf, PageQuery } from '../../platform/http/paging.js';
import { ApiKeys, type KeyRequest } from '../api-keys.service.js';
import type { KeyRow } from '../store/api-keys.store.js';
import { KeyChange, KeyCreated, KeyList, KeyRequestSchema, KeyView } from './schemas.js';
import { idCursor } from './cursors.js';

const viewOf = ({ publicValue, ...key }: KeyRow) => ({ ...key, value: publicValue });

@ApiTags('Access')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Get()
  @ApiOperation({ summary: 'List server and write keys, newest first' })
  @ApiOkResponse({ standardSchema: KeyList })
  async list(@Query({ schema: PageQuery }) query: PageQuery) {
    const found = await this.keys.list(idCursor(query.after), query.limit + 1);
    const page = pageOf(found, query.limit, (last) => [last.id]);
    return { ...page, items: page.items.map(viewOf) };
  }

  @Post()
  @ApiOperation({ summary: 'Make a server key (its secret is shown once) or a public write key' })
  @ApiCreatedResponse({ standardSchema: KeyCreated })
  async create(@Body({ schema: KeyRequestSchema }) request: KeyRequest, @CurrentActor() actor: Actor) {
    const { key, secret } = await this.keys.create(request, actor);
    return { key: viewOf(key), secret };
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change the origins whose pages may use a write key: holds within five seconds in every process' })
  @ApiOkResponse({ standardSchema: KeyView })
  async change(@Param('id', { schema: Id }) id: string, @Body({ schema: KeyChange }) { allowedOrigins }: z.infer<typeof KeyChange>, @CurrentActor() actor: Actor) {
    return viewOf(await this.keys.allowOrigins(id, allowedOrigins, actor));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Revoke a key: it stops working at once' })
  @ApiOkResponse({ standardSchema: KeyView })
  async revoke(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return viewOf(await this.keys.revoke(id, actor));
  }
}
