import { z } from 'zod';
import { Instant, Key, Zone } from '../../../contract/common.js';
import { DISPLAY_SLOTS } from '../../../contract/display.js';
import { IN_APP_FORMATS, SURVEY_KINDS } from '../../../contract/in-app.js';
import { PersonHandle } from '../../../contract/people.js';
import { ChatContent, EmailContent, InAppContent, LanguageTag, WebhookContent } from '../../../contract/message.js';
import type { WireNode } from '../../../contract/visitor-wire.js';
import { layOut } from '../display-layout.js';
import { displayMessage } from '../display-message.js';
import type { Preview } from '../preview.service.js';

/** Text, or an element: tag, attributes (0 for none), children. */
const DisplayNode: z.ZodType<WireNode> = z.lazy(() => z.union([z.string(), z.tuple([z.string(), z.union([z.record(z.string(), z.string()), z.literal(0)])], DisplayNode)])).meta({ id: 'DisplayNode' });
const SurveyView = z.object({
  kind: z.enum(SURVEY_KINDS), many: z.boolean(), question: z.string(), ends: z.tuple([z.string(), z.string()]).optional(), choices: z.array(z.object({ key: z.string(), label: z.string() })).optional(),
  comment: z.string().optional(), submit: z.string(), thanks: z.string(), saveAs: z.string().optional(), requestFor: z.string().optional(),
  tags: z.array(z.object({ tag: z.string(), scores: z.object({ from: z.number(), to: z.number() }).optional(), choice: z.string().optional() })),
});

/** An in-app message as a page shows it. Without `nodes` the body is plain text in which blank lines part paragraphs. */
export const InAppView = z.object({
  language: z.string().nullish(), format: z.enum(IN_APP_FORMATS), title: z.string(), body: z.string(), nodes: z.array(DisplayNode).optional(),
  buttons: z.array(z.object({ label: z.string(), url: z.string() })), image: z.object({ url: z.string(), alt: z.string() }).optional(), survey: SurveyView.optional(),
  theme: z.object({ accent: z.string().optional(), background: z.string().optional(), text: z.string().optional(), dark: z.boolean() }).optional(),
  slot: z.enum(DISPLAY_SLOTS).optional(), reply: z.boolean().optional(), expiresAfterHours: z.number().optional(), until: z.enum(['seen', 'interacted', 'engaged']).optional(),
}).meta({ id: 'InAppMessage' });

/** A message as the SDK displays it; names are short on the wire and explained in contract/visitor-wire.ts. */
export const DisplayView = z.object({
  i: z.string().optional(), d: z.string().optional(), n: DisplayNode,
  t: z.object({ accent: z.string(), background: z.string(), text: z.string(), on: z.string() }),
  w: z.array(z.string()).min(1).max(3).meta({ description: 'Announcement, what is said of a missing answer, what follows an answer' }),
}).meta({ id: 'DisplayMessage' });

const Sample = z.strictObject({
  person: z.record(z.string(), z.unknown()).default({}),
  event: z.record(z.string(), z.unknown()).optional(),
  timeZone: Zone.optional(),
});
/** With `personId`, a real person's data; `sample` adds to it or stands alone. */
export const readerShape = {
  personId: PersonHandle.optional(),
  at: Instant.optional().meta({ description: 'The person as recorded at this moment; a moment to come means now' }),
  language: LanguageTag.optional().meta({ description: 'As somebody of this language would read it' }),
  sample: Sample.optional(),
};
export const topicShape = { topic: Key.optional().meta({ description: 'Of which topic the message is: the rules of sending, such as the label of advertising, are then applied as when it is sent' }) };
export const PreviewRequest = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('email'), content: EmailContent, ...readerShape, ...topicShape }),
  z.strictObject({ channel: z.literal('in_app'), content: InAppContent, ...readerShape, ...topicShape }),
  z.strictObject({ channel: z.literal('webhook'), content: WebhookContent, ...readerShape }),
  z.strictObject({ channel: z.literal('chat'), content: ChatContent, ...readerShape }),
]).meta({ id: 'PreviewRequest' });
export type PreviewRequest = z.infer<typeof PreviewRequest>;

export const ProblemView = z.object({ path: z.string(), code: z.string(), message: z.string(), messageKo: z.string().optional() });
/** What the rules of sending say, with their source; an error keeps the message from being published. */
export const LintView = z.object({ severity: z.enum(['error', 'warning']), path: z.string(), code: z.string(), message: z.string(), messageKo: z.string(), source: z.string() });
export const PreviewAnswer = z.object({
  email: z.object({ subject: z.string(), preheader: z.string(), html: z.string(), text: z.string(), fromName: z.string().optional(), fromAddress: z.string().optional(), replyTo: z.string().optional(), bytes: z.number().int() }).nullable(),
  inApp: InAppView.nullable(),
  /** The in-app message as browsers get it: what the page `/preview/in-app` is given to show. */
  display: DisplayView.nullable(),
  /** The language of the text shown, or that would be; null when the author names none. */
  language: z.string().nullable(),
  /** The body of a webhook or chat notice. */
  payload: z.unknown(),
  /** Why this person would get nothing. */
  problems: z.array(ProblemView),
  warnings: z.array(ProblemView),
  /** Empty where no topic is known. */
  lint: z.array(LintView),
}).meta({ id: 'Preview' });
export type PreviewAnswer = z.infer<typeof PreviewAnswer>;

/** A preview as it is answered. */
export function previewAnswer({ email, ...rest }: Preview): PreviewAnswer {
  const display = rest.inApp && (layOut(displayMessage(rest.inApp)) as unknown as PreviewAnswer['display']);
  if (!email) return { ...rest, display, email: null };
  const { listUnsubscribeUrl: _url, language: _language, ...shown } = email;
  return { ...rest, display, email: { ...shown, bytes: Buffer.byteLength(email.html) } };
}
