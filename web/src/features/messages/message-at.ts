import type { Api } from '../../lib/api.ts';
import type { EmailContent } from './email-editor/content.ts';

type Definition = Api<'CampaignDefinition'>;
interface Variant { key: string; name: string; content: Partial<EmailContent> | undefined }
/** The e-mail of a step as its page needs it. */
export interface FoundMessage { name: string; topic: string | undefined; event: string | undefined; variants: Variant[]; isFallback: boolean }

/** A message step of a draft, in which anything may be missing. */
interface LooseStep { id?: string; type?: string; channel?: string; name?: string; topic?: string; variants?: { key?: string; name?: string; content?: Partial<EmailContent> }[]; fallback?: { email?: Partial<EmailContent> } }
interface LooseDefinition { entry?: { type?: string; event?: string } | null; steps?: LooseStep[]; message?: LooseStep | null }

/** The id of the e-mail that follows an in-app message nobody saw. */
const FALLBACK = '~email';
const loose = (definition: Definition): LooseDefinition => definition as unknown as LooseDefinition;
const stepOf = (stepId: string) => stepId.replace(FALLBACK, '');
const isThis = (step: LooseStep, stepId: string) => (step.id ?? 'message') === stepOf(stepId) && (stepId.endsWith(FALLBACK) ? step.channel === 'in_app' : step.channel === 'email');

/** Null when the draft has no such e-mail. */
export function messageAt(definition: Definition, stepId: string): FoundMessage | null {
  const { entry, steps = [], message } = loose(definition);
  const step = [...steps, ...(message ? [message] : [])].find((one) => isThis(one, stepId));
  if (!step) return null;
  const isFallback = stepId.endsWith(FALLBACK);
  const common = { name: step.name ?? '', topic: step.topic, event: entry?.type === 'event' ? entry.event : undefined, isFallback };
  if (isFallback) return step.fallback ? { ...common, variants: [{ key: FALLBACK, name: '', content: step.fallback.email }] } : null;
  return { ...common, variants: (step.variants ?? []).map(({ key = 'A', name = '', content }) => ({ key, name, content })) };
}

/** The draft with another e-mail in that place. */
export function withMessage(definition: Definition, stepId: string, variant: string, content: EmailContent): Definition {
  const changed = (step: LooseStep): LooseStep => {
    if (!isThis(step, stepId)) return step;
    if (stepId.endsWith(FALLBACK)) return { ...step, fallback: { ...step.fallback, email: content } };
    return { ...step, variants: (step.variants ?? []).map((one) => ((one.key ?? 'A') === variant ? { ...one, content } : one)) };
  };
  const { steps, message } = loose(definition);
  return { ...definition, ...(steps ? { steps: steps.map(changed) } : {}), ...(message ? { message: changed(message) } : {}) } as Definition;
}
