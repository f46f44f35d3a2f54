import { z } from 'zod';

/** The most blocks of one message and language, those inside columns too: with this many the MJML stays below its own caps. */
export const MAX_BLOCKS = 100;

const NO_CONTROLS = /^[^\p{Cc}]*$/u;
/** One name between dots: as it is, or in brackets when it has a space or a dot. */
const NAME = String.raw`(?:[^\s!"#%&'()*+,./;<=>@[\\\]^\x60{|}~]+|\[[^\p{Cc}\][{}"'\\]+\])`;

/** A value of the person, the entry event, the workspace or the message, as templates name it. */
export const FieldPath = z.string().max(300)
  .regex(new RegExp(`^(?:person|event|workspace|message)(?:\\.${NAME})+$`, 'u'), 'must be a field such as person.first_name')
  .refine((path) => !/\.\[?(?:constructor|prototype|__\w+__)(?:[.\]]|$)/.test(path), 'has a name that is not offered');
/** A fixed text inside an expression: templates can not hold both kinds of quotation marks in one. */
const Literal = z.string().max(200).regex(NO_CONTROLS, 'must be one line')
  .refine((text) => !/\\|\{\{|\}\}/.test(text) && !(text.includes('"') && text.includes("'")), 'must not have a backslash, double braces, or both kinds of quotation marks');

/** An address, which may have fields in it. Empty while it is not written yet: that is told as a warning. */
const Target = z.string().max(2_000).regex(NO_CONTROLS, 'must be one line');
const Color = z.string().regex(/^#[0-9A-Fa-f]{6}$/, 'must be a colour such as #1A5FB4');
const Align = z.enum(['left', 'center', 'right']);

const look = { bold: z.literal(true).optional(), italic: z.literal(true).optional(), underline: z.literal(true).optional(), strike: z.literal(true).optional(), href: Target.min(1).optional() };
/** Words. What stands in double braces is a template; a line feed breaks the line. */
const Words = z.strictObject({ text: z.string().min(1).max(10_000).regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, 'must not contain control characters'), ...look });
/** A field as one piece. With `default` the message is made without the value too, and says this instead. */
const Field = z.strictObject({ field: FieldPath, default: Literal.optional(), ...look });
const Run = z.union([Words, Field]);
const Line = z.array(Run).max(200);

export const Paragraph = z.union([z.strictObject({ type: z.literal('paragraph'), runs: Line }), z.strictObject({ type: z.enum(['bullets', 'numbers']), items: z.array(Line).min(1).max(100) })]);

/** When a block is shown to a person. Without a value, whether there is one: not empty, zero or false. */
const Condition = z.discriminatedUnion('op', [
  z.strictObject({ field: FieldPath, op: z.enum(['exists', 'missing']) }),
  z.strictObject({ field: FieldPath, op: z.enum(['is', 'is_not', 'contains', 'gt', 'lt']), value: z.union([Literal, z.number(), z.boolean()]) }),
]);

const common = {
  /** Says which block it is, the same in every language of the message. */
  id: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, "_" or "-"'),
  showIf: Condition.optional(),
};

const Heading = z.strictObject({ ...common, type: z.literal('heading'), level: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1), runs: Line, align: Align.optional() });
const Text = z.strictObject({ ...common, type: z.literal('text'), paragraphs: z.array(Paragraph).max(100), align: Align.optional(), small: z.literal(true).optional() });
const Button = z.strictObject({ ...common, type: z.literal('button'), label: z.string().max(200).regex(NO_CONTROLS, 'must be one line'), href: Target, align: Align.optional(), color: Color.optional() });
const Image = z.strictObject({ ...common, type: z.literal('image'), src: Target, alt: z.string().max(500).regex(NO_CONTROLS, 'must be one line').default(''), href: Target.optional(), width: z.number().int().min(16).max(640).optional(), align: Align.optional() });
const Divider = z.strictObject({ ...common, type: z.literal('divider') });
const Spacer = z.strictObject({ ...common, type: z.literal('spacer'), height: z.number().int().min(4).max(200).default(24) });
/** A picture, a name, a price and a button, as shops show what they sell. */
const Product = z.strictObject({
  ...common, type: z.literal('product'), src: Target.default(''), alt: z.string().max(500).regex(NO_CONTROLS, 'must be one line').default(''), title: z.string().max(300).regex(NO_CONTROLS, 'must be one line'),
  note: z.string().max(1_000).default(''), price: z.string().max(100).regex(NO_CONTROLS, 'must be one line').default(''), label: z.string().max(200).regex(NO_CONTROLS, 'must be one line').default(''), href: Target.default(''),
});
/** A sequence of `mj-section` as its author wrote it. */
const Mjml = z.strictObject({ ...common, type: z.literal('mjml'), mjml: z.string().max(65_536) });

const Inner = z.discriminatedUnion('type', [Heading, Text, Button, Image, Divider, Spacer, Product]);
/** Side by side on wide screens, one below the other on phones. */
const Columns = z.strictObject({ ...common, type: z.literal('columns'), left: z.array(Inner).max(20), right: z.array(Inner).max(20) });
export const Block = z.discriminatedUnion('type', [Heading, Text, Button, Image, Divider, Spacer, Product, Columns, Mjml]);

interface Placed { id: string; left?: { id: string }[]; right?: { id: string }[] }
const idsIn = (blocks: readonly Placed[]): string[] => blocks.flatMap(({ id, left = [], right = [] }) => [id, ...[...left, ...right].map((inner) => inner.id)]);

/** The blocks of which the body of an e-mail is made, from top to bottom: {@link bodyOfBlocks} in blocks-to-mjml.ts. */
export const EmailBlocks = z.array(Block).max(MAX_BLOCKS).superRefine((blocks, context) => {
  const all = idsIn(blocks);
  if (all.length > MAX_BLOCKS) context.addIssue({ code: 'custom', message: `must not be more than ${MAX_BLOCKS} blocks, those in columns too` });
  if (new Set(all).size < all.length) context.addIssue({ code: 'custom', message: 'must have each id once' });
}).meta({ id: 'EmailBlocks' });

export type EmailBlocks = z.infer<typeof EmailBlocks>;
export type Block = z.infer<typeof Block>;
export type InnerBlock = z.infer<typeof Inner>;
export type Paragraph = z.infer<typeof Paragraph>;
export type Run = z.infer<typeof Run>;
export type Condition = z.infer<typeof Condition>;
