import { kindOf, type Kind, type MessageStep, type Series, type Step, type Variant } from './model.js';

const LETTERS = 'ABCDEFGH';
/** The engine takes up to 8 arms. */
export const MOST_ARMS = LETTERS.length;
export const MOST_BRANCHES = 20;

const CONTENT: Record<MessageStep['channel'], object> = {
  email: { subject: '', preheader: '' },
  in_app: { format: 'chat', title: '', body: '' },
  webhook: { endpointId: '', event: 'campaign.message', data: {} },
  chat: { endpointId: '', title: '', text: '' },
};
/** What a new message of a channel says: nothing yet. */
export const emptyContent = (channel: MessageStep['channel']): object => structuredClone(CONTENT[channel]);

/** A new step whose ways lead nowhere yet. What only its author can know is a gap. */
export function newStep(kind: Kind, id: string): Step {
  switch (kind) {
    case 'wait': return { id, type: 'wait', for: { days: 1 }, next: null };
    case 'wait_until': return { id, type: 'wait_until', condition: null, timeout: { days: 3 }, next: null, onTimeout: null };
    case 'branch': return { id, type: 'branch', branches: [{ name: '', condition: null, next: null }], otherwise: null };
    case 'split': return { id, type: 'split', arms: [{ key: 'A', weight: 1, next: null }, { key: 'B', weight: 1, next: null }] };
    case 'action': return { id, type: 'action', action: { kind: 'add_tag', tag: '' }, next: null };
    case 'exit': return { id, type: 'exit' };
    default: return { id, type: 'message', channel: kind, name: '', topic: 'product-updates', variants: [{ key: 'A', name: '', weight: 1, content: emptyContent(kind) }], next: null };
  }
}

/**
 * An id for a new step: its kind and a number. Results are kept by id, so none is given twice.
 * @param used ids of steps that are gone, as far as they are known
 */
export function freeId(series: Series, kind: Kind, used: Iterable<string> = []): string {
  const taken = new Set([...used, ...(series.steps ?? []).map(({ id }) => id)]);
  const name = kind.replace('_', '-');
  for (let number = 1; ; number += 1) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`;
}

/** A step with the same content under another id. */
export const copyOf = (step: Step, id: string): Step => ({ ...structuredClone(step), id });
export const freeIdLike = (series: Series, step: Step, used: Iterable<string> = []): string => freeId(series, kindOf(step), used);

/** The next letter that no arm has. */
export function freeKey(taken: readonly { key: string }[]): string {
  return [...LETTERS].find((letter) => !taken.some(({ key }) => key === letter)) ?? `V${taken.length + 1}`;
}

/** Another variant that says what the first one says; the share of the first. */
export function addVariant(step: MessageStep): MessageStep {
  const [first] = step.variants;
  if (step.variants.length >= MOST_ARMS) return step;
  const added: Variant = { key: freeKey(step.variants), name: '', weight: first?.weight ?? 1, content: structuredClone(first?.content ?? emptyContent(step.channel)) };
  return { ...step, variants: [...step.variants, added] };
}

/** Without one variant; the last one stays. A test of one arm is none. */
export function removeVariant(step: MessageStep, key: string): MessageStep {
  if (step.variants.length < 2) return step;
  const variants = step.variants.filter((variant) => variant.key !== key);
  const { test, ...rest } = step;
  return variants.length + (step.control ? 1 : 0) > 1 && test ? { ...rest, variants, test } : { ...rest, variants };
}
