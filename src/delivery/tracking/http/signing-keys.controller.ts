import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { LinkKeys } from '../link-keys.service.js';
import { SigningKeyList } from './schemas.js';

const KeyId = z.coerce.number().int().min(1).max(32_767);

@ApiTags('Links')
@Allow('owner')
@Controller('v1/signing-keys')
export class SigningKeysController {
  constructor(private readonly keys: LinkKeys) {}

  @Get()
  @ApiOperation({ summary: 'List the keys that sign links, newest first; the first one signs' })
  @ApiOkResponse({ standardSchema: SigningKeyList })
  async list() {
    return { items: await this.keys.list() };
  }

  @Post()
  @ApiOperation({ summary: 'Sign links with a new key from now on; links already sent keep working' })
  @ApiCreatedResponse({ standardSchema: SigningKeyList })
  async rotate(@CurrentActor() actor: Actor) {
    return { items: await this.keys.rotate(actor) };
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Make every link signed with a leaked key void, unsubscribe links included' })
  @ApiOkResponse({ standardSchema: SigningKeyList })
  async retire(@Param('id', { schema: KeyId }) id: number, @CurrentActor() actor: Actor) {
    return { items: await this.keys.retire(id, actor) };
  }
}
