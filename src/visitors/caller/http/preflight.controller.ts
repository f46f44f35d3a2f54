import { Controller, HttpCode, Options } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { WithWriteKey } from '../../../platform/http/access.js';
import { BROWSER_ROUTE } from '../../../platform/http/browser-transport.js';

/** Our own SDK never asks for permission first; who calls these routes with headers of their own gets an answer all the same. */
@Controller('v1')
export class VisitorPreflightController {
  @Options(['boot', 'claim', 'ack', 'inbox', 'inbox/*'])
  @HttpCode(204) @RouteConfig(BROWSER_ROUTE) @WithWriteKey() @ApiExcludeEndpoint()
  preflight(): void {}
}
