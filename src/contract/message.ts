import { z } from 'zod';
import { bodyOfBlocks } from './blocks-to-mjml.js';
import { Id } from './common.js';
import { EmailBlocks } from './email-blocks.js';
import type { InAppContent } from './in-app.js';
import { checkLanguages, languages, LanguageTag } from './languages.js';

export { InAppContent, type InAppTexts } from './in-app.js';
export { LanguageTag };

const MAX_BODY = 262_144;
const emailTexts = {
  subject: z.string().min(1).max(500),
  preheader: z.string().max(300).default(''),
  /** MJML body (a sequence of `mj-section`) placed in the layout. Beside `blocks` it is what they give, whatever was sent. */
  body: z.string().max(MAX_BODY).default(''),
  /** The body as blocks. Without them `body` is the source. */
  blocks: EmailBlocks.optional(),
  /** Plain-text part; derived from the body when absent. */
  text: z.string().max(131_072).optional(),
  /** A translation without one has that of the message itself. */
  fromName: z.string().max(100).optional(),
};

type Bodied = { body: string; blocks?: EmailBlocks | undefined; translations?: Record<string, { body: string; blocks?: EmailBlocks | undefined }> | undefined };

/** The body of each language that is written in blocks, made of them: no two truths are ever kept. */
function withBodies<T extends Bodied>(content: T): T {
  const bodied = <One extends Bodied>(one: One): One => (one.blocks ? { ...one, body: bodyOfBlocks(one.blocks) } : one);
  const translations = content.translations && Object.fromEntries(Object.entries(content.translations).map(([language, texts]) => [language, bodied(texts)]));
  return { ...bodied(content), ...(translations ? { translations } : {}) };
}

function checkBodies(content: Bodied, context: z.core.$RefinementCtx): void {
  for (const [at, { body, blocks }] of [[[], content] as const, ...Object.entries(content.translations ?? {}).map(([language, texts]) => [['translations', language], texts] as const)]) {
    if (body.trim() === '') context.addIssue({ code: 'custom', path: [...at, blocks ? 'blocks' : 'body'], message: 'must not be empty' });
    if (body.length > MAX_BODY) context.addIssue({ code: 'custom', path: [...at, 'blocks'], message: `must not be more than ${MAX_BODY} characters of MJML` });
  }
}

/**
 * An e-mail as its author writes it. Every text is a strict Handlebars template over
 * `{person: {…attributes, id, externalId, email, timeZone, language}, event: {…entry event properties}, workspace}`;
 * a missing value without `{{default …}}` stops that message with RENDER_MISSING_VAR.
 */
export const EmailContent = z
  .strictObject({
    ...emailTexts,
    /** File name under `templates/layouts` without ending. */
    layout: z.string().regex(/^[a-z0-9-]{1,60}$/).default('plain'),
    /** Sends from this address instead of the default; its domain must be a sending domain. */
    fromAddress: z.string().max(254).regex(/^[^\s@]+@[^\s@]+$/, 'must be one e-mail address').optional(),
    /** One address, or a template that gives one for each person (`{{event.teammateEmail}}`); where it gives nothing, replies go to the sender. */
    replyTo: z.string().max(254).refine((text) => /^\{\{.+\}\}$/.test(text) || z.email().safeParse(text).success, 'must be an e-mail address, or one field such as {{event.teammateEmail}}').optional(),
    ...languages(emailTexts),
  })
  .overwrite(withBodies)
  .superRefine(checkBodies)
  .superRefine(checkLanguages)
  .meta({ id: 'EmailContent' });
export type EmailContent = z.infer<typeof EmailContent>;
/** The part of an e-mail that is written anew in each language. */
export type EmailTexts = Pick<EmailContent, keyof typeof emailTexts>;

/**
 * JSON to an endpoint of one's own, as its author writes it. Every text anywhere in `data` is a template (same context as
 * e-mail) and stays a text; `{"$value": "event.amount"}` puts the value itself there, a number, truth value, list or object,
 * with an optional `"default"` beside it. Field names are fixed.
 */
export const WebhookContent = z
  .strictObject({
    /** A webhook endpoint of kind `standard`. */
    endpointId: Id,
    /** What happened, for the receiver: the `type` of the body. */
    event: z.string().regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/, 'must be words of letters, digits and "_", joined by "."').max(100).default('campaign.message'),
    data: z.record(z.string().min(1).max(200), z.unknown()).default({}),
  })
  .meta({ id: 'WebhookContent' });
export type WebhookContent = z.infer<typeof WebhookContent>;

/** A notice to the team's chat, as its author writes it: plain text templates; nothing a value contains becomes markup. */
export const ChatContent = z
  .strictObject({
    /** A webhook endpoint of kind `jandi` or `slack`. */
    endpointId: Id,
    title: z.string().max(500).default(''),
    text: z.string().min(1).max(3_000),
    /** The coloured bar beside the notice. */
    color: z.string().regex(/^#[0-9A-Fa-f]{6}$/, 'must be a colour such as #FAC11B').optional(),
    details: z.array(z.strictObject({ title: z.string().min(1).max(500), description: z.string().max(2_000).default(''), imageUrl: z.string().max(2_000).optional() })).max(10).default([]),
    links: z.array(z.strictObject({ label: z.string().min(1).max(200), url: z.string().min(1).max(2_000) })).max(5).default([]),
    /** JANDI team webhooks: the one member who gets it. */
    memberEmail: z.string().min(1).max(500).optional(),
  })
  .meta({ id: 'ChatContent' });
export type ChatContent = z.infer<typeof ChatContent>;

export const CHANNELS = ['email', 'in_app', 'webhook', 'chat'] as const;
export type Channel = (typeof CHANNELS)[number];
/** What an author writes, by channel. */
export interface ContentOf { email: EmailContent; in_app: InAppContent; webhook: WebhookContent; chat: ChatContent }
export type MessageContent = ContentOf[Channel];

/**
 * Who a channel speaks to. Only what goes to the person asks for the person's consent, address, quiet hours and caps; a
 * webhook goes to a system of the operator's own, which answers for what it does with it, and a chat notice to the team.
 */
export const ADDRESSEE: Record<Channel, 'person' | 'system' | 'team'> = { email: 'person', in_app: 'person', webhook: 'system', chat: 'team' };
