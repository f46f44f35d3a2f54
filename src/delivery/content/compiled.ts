import type { Advertising } from '../rules/domain/advertising.js';
import type { InAppContent, SurveyContent, SurveyTexts, ThemeContent } from '../../contract/in-app.js';
import type { WireNode } from '../../contract/visitor-wire.js';
import type { WebhookNode } from '../hooks/domain/webhook-tree.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';

/** A target inside an e-mail. `url` is present when it is the same for every recipient. */
export interface CompiledLink {
  index: number;
  url?: string;
}

/** A remark about content that is published all the same. */
export interface Warning {
  path: string;
  code: string;
  message: string;
}

/** The languages of a compiled message beside the one of the message itself. Absent in messages that name none. */
export interface InLanguages<T> {
  language?: string;
  translations?: Record<string, T>;
  onMissingLanguage?: 'fallback' | 'skip';
}

/** What is written anew in each language: Handlebars sources after MJML, inlining, link marking and derivation of the text part. */
export interface CompiledEmailTexts {
  subject: string;
  preheader: string;
  html: string;
  text: string;
  fromName?: string;
  links: CompiledLink[];
}

/** An e-mail ready to be rendered. Plain JSON; never code, so that a row of `message_content` can not run anything. */
export interface CompiledEmail extends CompiledEmailTexts, InLanguages<CompiledEmailTexts> {
  kind: 'email';
  format: 1;
  fromAddress?: string;
  /** An address, or a template that gives one. */
  replyTo?: string;
  warnings: Warning[];
}

/** Text with expressions, or an element with its attributes, some of them with expressions. */
export type CompiledNode = string | { tag: string; attributes?: Record<string, string>; children?: CompiledNode[] };

export interface CompiledInAppTexts {
  title: string;
  /** Plain text; empty beside `nodes`. */
  body: string;
  buttons: { label: string; url: string }[];
  /** The body of an author who wrote HTML. */
  nodes?: CompiledNode[];
  image?: { url: string; alt: string };
  survey?: SurveyTexts;
}

/** What an in-app message is in every language. */
export interface InAppSettings {
  theme?: ThemeContent;
  slot?: InAppContent['slot'];
  /** Visitors may write back. */
  reply?: boolean;
  expiresAfterHours?: number;
  until?: InAppContent['until'];
}

/** What a survey is in every language. */
export type AskedInEveryLanguage = Pick<SurveyContent, 'kind' | 'many' | 'saveAs' | 'requestFor' | 'tags'>;

/** An in-app message ready to be rendered. `format` 1 holds plain text alone and was written by earlier versions. */
export interface CompiledInApp extends CompiledInAppTexts, InAppSettings, InLanguages<CompiledInAppTexts> {
  kind: 'in_app';
  format: 1 | 2;
  display: InAppContent['format'];
  asks?: AskedInEveryLanguage;
  warnings: Warning[];
}

/** JSON for an endpoint, with templates where the author wrote texts. */
export interface CompiledWebhook {
  kind: 'webhook';
  format: 1;
  endpointId: string;
  event: string;
  data: WebhookNode;
  warnings: Warning[];
}

/** A notice to the team's chat; every text is a template of plain text. */
export interface CompiledChat {
  kind: 'chat';
  format: 1;
  endpointId: string;
  title: string;
  text: string;
  color?: string;
  details: { title: string; description: string; imageUrl?: string }[];
  links: { label: string; url: string }[];
  memberEmail?: string;
  warnings: Warning[];
}

export type CompiledMessage = CompiledEmail | CompiledInApp | CompiledWebhook | CompiledChat;

/** What a template may name. Everything is read as JSON: no prototypes, no functions. */
export interface RenderContext {
  /** The person's attributes with `id`, `externalId`, `email`, `timeZone`, `language` beside them. */
  person: Record<string, unknown> & { timeZone?: string | null; language?: string | null };
  /** Properties of the event that let the person in, if one did. */
  event?: Record<string, unknown> | null;
  workspace: { name: string; timeZone: string; language: string; senderContact?: string };
  deliveryId: string;
  personId: string;
  /** True for topics of kind `transactional`: the footer offers no unsubscription. */
  transactional?: boolean;
  /** What the rules ask of this message; absent or null when it is no advertising. */
  advertising?: Advertising | null;
  /** Reads the message as somebody of this language would; without it, the person's own, then the workspace's. */
  readIn?: string;
}

export interface RenderedEmail {
  /** The language of these texts; null when the author named none. */
  language: string | null;
  subject: string;
  html: string;
  text: string;
  preheader: string;
  fromName?: string;
  /** The author's choice of sender; the default one when absent. */
  fromAddress?: string;
  replyTo?: string;
  /** For `List-Unsubscribe` with one-click POST (RFC 8058); also the page for people. */
  listUnsubscribeUrl: string;
}

/** A survey for one person. `saveAs` and `tags` say what becomes of the answer: delivery/content/domain/survey.ts. */
export interface RenderedSurvey extends AskedInEveryLanguage, Omit<SurveyTexts, 'submit' | 'thanks'> {
  submit: string;
  thanks: string;
}

/** An in-app message for one person; what the inbox keeps. What is displayed is made of it by `displayMessage`. */
export interface RenderedInApp extends InAppSettings {
  /** The language of these texts; null when the author named none. */
  language: string | null;
  format: InAppContent['format'];
  title: string;
  /** The whole body as plain text. */
  body: string;
  /** How the body is displayed; absent where it is plain text in which blank lines part paragraphs. */
  nodes?: WireNode[];
  buttons: { label: string; url: string }[];
  image?: { url: string; alt: string };
  survey?: RenderedSurvey;
}

/** Addresses of one message, signed. */
export interface MessageLinks {
  click(index: number, url: string): string;
  open(): string;
  unsubscribe(): string;
  preferences(): string;
  /** The message as a page; empty where there is none. */
  view(): string;
  /** The link that nobody sees: whoever follows it is a machine. Empty where nothing is counted. */
  honeypot(): string;
}

/** Signs the addresses of messages; synchronous, its keys are loaded beforehand. */
export interface LinkSigner {
  forMessage(deliveryId: string, personId: string): MessageLinks;
}

/** This message can not be rendered for this person. `detail` names the part and the variable, never a value. */
export class RenderFailure extends Error {
  constructor(
    readonly code: Extract<ReasonCode, 'RENDER_MISSING_VAR' | 'RENDER_ERROR' | 'LANGUAGE_MISSING'>,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'RenderFailure';
  }
}
