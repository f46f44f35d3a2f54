import type { CompiledEmail, CompiledInApp, LinkSigner, RenderContext } from './compiled.js';
import type { Workspace } from '../../platform/workspace.js';
import { advertisingOf } from '../rules/domain/advertising.js';
import { diagnose, type PersonProblem } from './diagnosis.js';

/** One message of a draft, ready to be made for everybody it may go to. */
export interface CoveredMessage { stepId: string; variant: string; transactional: boolean; compiled: CompiledEmail | CompiledInApp }

export interface CoveredPerson {
  id: string;
  externalId: string | null;
  email: string | null;
  timeZone: string | null;
  language: string | null;
  attributes: Record<string, unknown>;
  /** Properties of the event that would let the person in, when one is known. */
  event: Record<string, unknown> | null;
}

/** People with the same problem in the same message and language. */
export interface CoverageGroup extends PersonProblem { stepId: string; variant: string; language: string; people: string[] }

export interface CoverageSettings { workspace: Workspace; links: LinkSigner; subjectLength: number }

/** How long people are looked at before others get their turn, in milliseconds. */
const TURN_MS = 20;
const NOBODYS_DELIVERY = '00000000-0000-0000-0000-000000000000';

/**
 * Makes every message for each of these people and gathers what is wrong. Reads and writes nothing; gives other work its
 * turn, since many people times many variants take long. Values of `event` are not missed where no such event is known.
 */
export async function coverPeople(messages: readonly CoveredMessage[], people: Iterable<CoveredPerson>, settings: CoverageSettings): Promise<CoverageGroup[]> {
  const groups = new Map<string, CoverageGroup>();
  let since = performance.now();
  for (const person of people) {
    for (const { stepId, variant, ...message } of messages) {
      const { language, problems } = looked(message, person, settings);
      for (const { subject, ...found } of problems) {
        // Long enough to tell what it is, short enough for an index.
        const problem = { ...found, subject: subject.slice(0, 300) };
        const key = JSON.stringify([problem.kind, stepId, variant, language, problem.part, problem.subject]);
        const group = groups.get(key) ?? { ...problem, stepId, variant, language: language ?? '', people: [] };
        groups.set(key, group);
        group.people.push(person.id);
      }
    }
    if (performance.now() - since < TURN_MS) continue;
    await new Promise<void>((done) => setImmediate(done));
    since = performance.now();
  }
  return [...groups.values()];
}

function looked({ compiled, transactional }: Omit<CoveredMessage, 'stepId' | 'variant'>, { attributes, event, ...known }: CoveredPerson, { workspace, links, subjectLength }: CoverageSettings): { language: string | null; problems: PersonProblem[] } {
  const { name, timeZone, language: spoken, settings } = workspace;
  // As it would be sent: with the label, the contact and the notice that the rules of now ask for.
  const context: RenderContext = {
    person: { ...attributes, ...known }, event, workspace: { name, timeZone, language: spoken, senderContact: settings.senderContact }, deliveryId: NOBODYS_DELIVERY, personId: known.id,
    transactional, advertising: advertisingOf(workspace, known, transactional),
  };
  const { language, problems } = diagnose(compiled, context, links, subjectLength);
  return { language, problems: event === null ? problems.filter(({ kind, subject }) => kind !== 'missing_value' || !/^(@root\.)?event\b/.test(subject)) : problems };
}
