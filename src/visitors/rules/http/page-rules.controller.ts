import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PageRule } from '../../../contract/display.js';
import { AllowAll } from '../../../platform/http/access.js';
import { explainPage, type TriedPage } from '../domain/explain-page.js';

const WebAddress = z.string().trim().max(2_000).refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an address of a page such as https://example.com/pricing');

const PageTest = z.strictObject({
  page: PageRule,
  url: WebAddress,
  referrer: z.union([z.literal(''), WebAddress]).optional().meta({ description: 'The page before, empty for none. What is not given is not asked about' }),
  mobile: z.boolean().optional(),
  languages: z.array(z.string().min(1).max(35)).max(20).optional(),
  visits: z.int().min(1).max(1_000).optional(),
}).meta({ id: 'PageTest' });

const PageTested = z.object({
  matches: z.boolean(),
  address: z.string().meta({ description: 'Host and path as patterns see them' }),
  parts: z.array(z.object({ path: z.string(), holds: z.boolean().nullable().meta({ description: 'Null: depends on the visitor' }), problem: z.string().optional() }))
    .meta({ description: 'One of "include" is enough, of everything else all must hold' }),
}).meta({ id: 'PageTested' });

/** Page rules, before anybody meets them. */
@ApiTags('Visitors')
@Controller('v1/page-rules')
export class PageRulesController {
  @Post('test') @HttpCode(200) @AllowAll()
  @ApiOperation({ summary: 'Say whether a page fits a rule, and which of its parts says so, by the matcher that browsers use; writes nothing' })
  @ApiOkResponse({ standardSchema: PageTested })
  test(@Body({ schema: PageTest }) { page, url, ...visit }: z.infer<typeof PageTest>): TriedPage {
    return explainPage(page, { url: new URL(url), ...visit });
  }
}
