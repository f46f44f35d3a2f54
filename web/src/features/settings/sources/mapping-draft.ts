import type { Api } from '../../../lib/api.ts';

type Mapping = Api<'SourceMapping'>;
type Rule = Mapping['rules'][number];
type Value = Rule['traits'][string];
export const READINGS = ['as_it_is', 'text', 'number', 'minor_units', 'seconds', 'lower'] as const;
type Reading = (typeof READINGS)[number];

/** Where a value stands and how it is read; without an expression there is none. */
export interface ValueDraft { from: string; as: Reading; currency: string }
/** `key`: of the row on the screen, whatever it is called. */
export interface FieldDraft extends ValueDraft { key: string; name: string }
export interface EventDraft { name: string; id: string; at: ValueDraft; properties: FieldDraft[] }
export interface RuleDraft {
  key: string; name: string; when: string; each: string;
  prefix: string; matchEmail: boolean; userId: ValueDraft; email: ValueDraft; anonymousId: ValueDraft;
  traits: FieldDraft[]; traitsAt: ValueDraft; event: EventDraft | null;
}
export interface MappingDraft { all: boolean; rules: RuleDraft[] }

let made = 0;
const newKey = () => `row-${(made += 1)}`;
const valueDraft = (value?: Value): ValueDraft => ({ from: value?.from ?? '', as: value?.as ?? 'as_it_is', currency: value?.currency ?? '' });
const fieldDrafts = (fields: Record<string, Value> = {}): FieldDraft[] => Object.entries(fields).map(([name, value]) => ({ key: newKey(), name, ...valueDraft(value) }));
export const newField = (): FieldDraft => ({ key: newKey(), name: '', ...valueDraft() });
export const newEvent = (): EventDraft => ({ name: '', id: '', at: valueDraft(), properties: [] });

export const newRule = (name: string): RuleDraft =>
  ({ key: newKey(), name, when: '', each: '', prefix: '', matchEmail: true, userId: { from: '', as: 'text', currency: '' }, email: { from: '', as: 'lower', currency: '' }, anonymousId: valueDraft(), traits: [], traitsAt: valueDraft(), event: newEvent() });

/** A mapping as rows that can be typed in. */
export const draftOf = ({ all, rules }: Mapping): MappingDraft => ({
  all,
  rules: rules.map(({ name, when, each, person, traits, traitsAt, event }) => ({
    key: newKey(), name, when: when ?? '', each: each ?? '', prefix: person.prefix, matchEmail: person.matchEmail,
    userId: valueDraft(person.userId), email: valueDraft(person.email), anonymousId: valueDraft(person.anonymousId),
    traits: fieldDrafts(traits), traitsAt: valueDraft(traitsAt), event: event ? { name: event.name, id: event.id ?? '', at: valueDraft(event.at), properties: fieldDrafts(event.properties) } : null,
  })),
});

const value = ({ from, as, currency }: ValueDraft): Value => ({ from, as, ...(as === 'minor_units' && currency !== '' ? { currency } : {}) });
const given = <K extends string>(key: K, draft: ValueDraft): { [key in K]?: Value } => (draft.from.trim() === '' ? {} : { [key]: value(draft) } as { [key in K]?: Value });
// A row without a name and an expression is one that nobody filled in yet.
const fields = (rows: FieldDraft[]): Record<string, Value> => Object.fromEntries(rows.filter(({ name, from }) => name.trim() !== '' || from.trim() !== '').map((row) => [row.name.trim(), value(row)]));
const text = <K extends string>(key: K, typed: string): { [key in K]?: string } => (typed.trim() === '' ? {} : { [key]: typed } as { [key in K]?: string });

/** What the rows say, for the server to judge. */
export const mappingOf = ({ all, rules }: MappingDraft): Mapping => ({
  all,
  rules: rules.map(({ name, when, each, prefix, matchEmail, userId, email, anonymousId, traits, traitsAt, event }) => ({
    name, ...text('when', when), ...text('each', each),
    person: { prefix, matchEmail, ...given('userId', userId), ...given('email', email), ...given('anonymousId', anonymousId) },
    traits: fields(traits), ...given('traitsAt', traitsAt),
    ...(event ? { event: { name: event.name, ...given('at', event.at), ...text('id', event.id), properties: fields(event.properties) } } : {}),
  })),
});

/** Names that stand twice in one list, of which the last would win in silence. */
export const twice = (rows: FieldDraft[]): Set<string> => new Set(rows.map(({ name }) => name.trim()).filter((name, at, all) => name !== '' && all.indexOf(name) !== at));

/** The fault of one place: `rules.0.traits.total`, as the server names it for a mapping that is refused and for one that was tried. */
export function faultAt<F extends { path: string; message: string }>(faults: readonly F[], place: string): F | undefined {
  return faults.find(({ path }) => { const bare = path.replace(/^mapping\./, ''); return bare === place || bare === `${place}.from` || bare === `${place}.currency`; });
}
