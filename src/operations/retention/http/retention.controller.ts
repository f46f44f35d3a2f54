import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { BOUNDS, KINDS } from '../domain/kinds.js';
import { Retention } from '../retention.service.js';
import type { Policy } from '../store/policy.store.js';

const At = z.iso.datetime();
const Count = z.number().int().min(0);
const Days = z.number().int().min(1).max(100_000);
const PolicySchema = z.strictObject({ events: Days, in_app: Days, test_mail: Days, returned_mail: Days, audit: Days, webhook_attempts: Days, imports: Days }).partial()
  .meta({ id: 'RetentionPolicy', description: 'Days each kind is kept; a kind that is not named is kept as Danbi does without a policy' });
const KindSchema = z.enum(KINDS);
const Reader = z.object({ id: Id, kind: z.enum(['segment', 'campaign']), name: z.string(), days: z.number().int().nullable().meta({ description: 'How far it looks back; null: to the first event' }) });
const RetentionView = z.object({
  policy: PolicySchema,
  kinds: z.array(z.object({ kind: KindSchema, least: z.number().int(), most: z.number().int(), standard: z.number().int().nullable().meta({ description: 'Days without a policy; null: for ever' }), removed: Count, removedAt: At.nullable() })),
  readers: z.array(Reader).meta({ description: 'Segments and campaigns that look further back than events are kept' }),
}).meta({ id: 'Retention' });
const PreviewView = z.object({
  going: z.array(z.object({
    kind: KindSchema, days: z.number().int(), rows: Count, bytes: Count, from: At.nullable(), to: At.nullable(),
    kept: Count.meta({ description: 'Old events that stay because results are counted from them' }), isExact: z.boolean().meta({ description: 'false: months too large to count are said by their statistics' }),
  })),
  rows: Count, bytes: Count, readers: z.array(Reader),
}).meta({ id: 'RetentionPreview' });
const PreviewQuestion = z.strictObject({ policy: PolicySchema });
const NewPolicy = z.strictObject({
  policy: PolicySchema,
  agreed: z.strictObject({ rows: Count.default(0).meta({ description: 'So many rows may go for good, as the preview said' }), readers: z.boolean().default(false).meta({ description: 'Segments and campaigns may look further back than events are kept' }) }).default({ rows: 0, readers: false }),
});

/** A kind that was sent as undefined was not sent. */
const given = (policy: z.infer<typeof PolicySchema>): Policy => Object.fromEntries(Object.entries(policy).filter(([, days]) => days !== undefined));

/** How long what is kept; for owners. */
@ApiTags('Operations')
@Controller('v1/retention')
export class RetentionController {
  constructor(private readonly retention: Retention) {}

  @Get() @Allow()
  @ApiOperation({ summary: 'How long each kind of data is kept, what went so far, and who looks further back' })
  @ApiOkResponse({ standardSchema: RetentionView })
  async read(): Promise<z.infer<typeof RetentionView>> {
    const { policy, work, readers } = await this.retention.read();
    return {
      policy, readers,
      kinds: KINDS.map((kind) => {
        const worked = work.find((one) => one.kind === kind);
        return { kind, ...BOUNDS[kind], removed: worked?.removed ?? 0, removedAt: worked?.at.toISOString() ?? null };
      }),
    };
  }

  @Post('preview') @HttpCode(200) @Allow()
  @ApiOperation({ summary: 'What would go at once under a policy that is not saved, and who needs it' })
  @ApiOkResponse({ standardSchema: PreviewView })
  async preview(@Body({ schema: PreviewQuestion }) { policy }: z.infer<typeof PreviewQuestion>): Promise<z.infer<typeof PreviewView>> {
    const found = await this.retention.preview(given(policy));
    return { ...found, going: found.going.map((one) => ({ ...one, bytes: Math.round(one.bytes), from: one.from?.toISOString() ?? null, to: one.to?.toISOString() ?? null })) };
  }

  @Put() @Allow()
  @ApiOperation({ summary: 'Make it the policy; what goes at once has to be agreed to by its number of rows, and can not be undone' })
  @ApiOkResponse({ standardSchema: RetentionView })
  async save(@Body({ schema: NewPolicy }) { policy, agreed }: z.infer<typeof NewPolicy>, @CurrentActor() actor: Actor): Promise<z.infer<typeof RetentionView>> {
    await this.retention.save(given(policy), agreed, actor);
    return this.read();
  }
}
