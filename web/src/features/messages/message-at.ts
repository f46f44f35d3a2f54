import type { Api } from '../../lib/api.ts';
import type { InAppContent } from '../in-app/content.ts';
import type { EmailContent } from './email-editor/content.ts';
import type { Chat, Webhook } from './hooks/content.ts';

type Definition = Api<'CampaignDefinition'>;
interface Variant<C> { key: string; name: string; content: Partial<C> | undefined }
interface Common { name: string; topic: string | undefined; event: string | undefined; isFallback: boolean; /** Which way of its ladder it is, from 2 on. */ rung: number | null }
/** The message of a step as its page needs it. */
export type FoundMessage = Common & ({ channel: 'email'; variants: Variant<EmailContent>[] } | { channel: 'in_app'; variants: Variant<InAppContent>[] } | { channel: 'chat'; variants: Variant<Chat>[] } | { channel: 'webhook'; variants: Variant<Webhook>[] });
/** What is written at a place. */
export type WrittenMessage = EmailContent | InAppContent | Chat | Webhook;

/** A message step of a draft, in which anything may be missing. */
interface LooseStep { id?: string; type?: string; channel?: string; name?: string; topic?: string; variants?: { key?: string; name?: string; content?: Partial<WrittenMessage> }[]; fallback?: { email?: Partial<EmailContent> }; ladder?: { channel?: string; content?: Partial<WrittenMessage> }[] | null }
interface LooseDefinition { entry?: { type?: string; event?: string } | null; steps?: LooseStep[]; message?: LooseStep | null }

/** The id of the e-mail that follows an in-app message nobody saw; a rung of a ladder has its number there, from 2 on. */
const FALLBACK = '~email';
const rungOf = (stepId: string): number | null => { const number = /~(\d+)$/.exec(stepId)?.[1]; return number === undefined ? null : Number(number) - 2; };
const loose = (definition: Definition): LooseDefinition => definition as unknown as LooseDefinition;
const stepOf = (stepId: string) => stepId.split('~', 1)[0]!;
const isThis = (step: LooseStep, stepId: string) => (step.id ?? 'message') === stepOf(stepId) && (step.type ?? 'message') === 'message' && (step.channel === 'in_app' || !stepId.endsWith(FALLBACK));

/** Null when the draft has no such message. */
export function messageAt(definition: Definition, stepId: string): FoundMessage | null {
  const { entry, steps = [], message } = loose(definition);
  const step = [...steps, ...(message ? [message] : [])].find((one) => isThis(one, stepId));
  if (!step) return null;
  const isFallback = stepId.endsWith(FALLBACK);
  const place = rungOf(stepId);
  const common = { name: step.name ?? '', topic: step.topic, event: entry?.type === 'event' ? entry.event : undefined, isFallback, rung: place === null ? null : place + 2 };
  if (isFallback) return step.fallback ? { ...common, channel: 'email', variants: [{ key: FALLBACK, name: '', content: step.fallback.email }] } : null;
  if (place !== null) {
    const rung = step.ladder?.[place];
    return rung ? ({ ...common, isFallback: true, channel: rung.channel, variants: [{ key: stepId, name: '', content: rung.content }] } as FoundMessage) : null;
  }
  const variants = (step.variants ?? []).map(({ key = 'A', name = '', content }) => ({ key, name, content }));
  return { ...common, channel: step.channel, variants } as FoundMessage;
}

/** The draft with another message in that place. */
export function withMessage(definition: Definition, stepId: string, variant: string, content: WrittenMessage): Definition {
  const changed = (step: LooseStep): LooseStep => {
    if (!isThis(step, stepId)) return step;
    if (stepId.endsWith(FALLBACK)) return { ...step, fallback: { ...step.fallback, email: content as EmailContent } };
    const place = rungOf(stepId);
    if (place !== null) return { ...step, ladder: (step.ladder ?? []).map((rung, index) => (index === place ? { ...rung, content } : rung)) };
    return { ...step, variants: (step.variants ?? []).map((one) => ((one.key ?? 'A') === variant ? { ...one, content } : one)) };
  };
  const { steps, message } = loose(definition);
  return { ...definition, ...(steps ? { steps: steps.map(changed) } : {}), ...(message ? { message: changed(message) } : {}) } as Definition;
}
