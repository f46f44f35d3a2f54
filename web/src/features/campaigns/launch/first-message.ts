interface Wait { for?: Partial<Record<'weeks' | 'days' | 'hours' | 'minutes' | 'seconds', number>> | undefined; until?: { time?: string; weekdays?: readonly string[] } | undefined }
interface AnyStep extends Wait { id: string; type: string; next?: string | null }
/** What of a definition is looked at; parts of a draft may be missing. */
interface Looked { type: string; start?: string; steps?: readonly AnyStep[] | null; launchAt?: string | null; localTime?: string | null; message?: object | null }

/** When the first message of a campaign goes, counted from somebody's entry. */
export type FirstMessage =
  | { kind: 'at_once' }
  /** After these waits, one after another. */
  | { kind: 'after'; waits: Wait[] }
  /** A broadcast at a moment, at a local time, or both. */
  | { kind: 'moment'; at: string | null; localTime: string | null }
  /** It depends on what somebody does. */
  | { kind: 'depends' }
  /** When a page and a moment fit. */
  | { kind: 'display' }
  | { kind: 'never' };

/** Follows the way from the start to the first message. */
export function firstMessage(given: object): FirstMessage {
  const definition = given as Looked;
  if (definition.type === 'auto_message') return { kind: 'display' };
  if (definition.type === 'broadcast') {
    const { launchAt, localTime, message } = definition;
    if (!message) return { kind: 'never' };
    return launchAt || localTime ? { kind: 'moment', at: launchAt ?? null, localTime: localTime ?? null } : { kind: 'at_once' };
  }
  const steps = new Map((definition.steps ?? []).map((step) => [step.id, step]));
  const waits: AnyStep[] = [];
  const seen = new Set<string>();
  for (let step = steps.get(definition.start ?? ''); step && !seen.has(step.id); step = steps.get(step.next ?? '')) {
    seen.add(step.id);
    if (step.type === 'message') return waits.length === 0 ? { kind: 'at_once' } : { kind: 'after', waits: waits.map(({ for: length, until }) => ({ for: length, until })) };
    if (step.type !== 'wait') return step.type === 'exit' ? { kind: 'never' } : { kind: 'depends' };
    waits.push(step);
  }
  return { kind: 'never' };
}
