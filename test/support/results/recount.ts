/**
 * Results counted a third time: from exported rows, in plain TypeScript, with no SQL of the service. It is slow and simple on
 * purpose: one loop a number, as the words of the contract say it.
 */
export interface ExportedDelivery { id: string; person: string; version: string; step: string; run: string; channel: string; language: string | null; variant: string; isControl: boolean; state: string; reason: string | null }
export interface Exported {
  runs: { id: string; person: string; state: string }[];
  visits: { run: string; person: string; version: string; step: string; left: boolean }[];
  decisions: { person: string; version: string | null; step: string | null; run: string | null; stage: string; code: string; again: boolean }[];
  deliveries: ExportedDelivery[];
  reactions: { delivery: string; person: string; kind: string; verdict: string; bounce: string | null }[];
  assignments: { experiment: string; person: string; variant: string; at: number }[];
  /** Amounts in hundredths; null where there is none. */
  events: { person: string; name: string; at: number; cents: number | null }[];
  flips: { segment: string; person: string; at: number }[];
}

export interface RecountGoal { key: string; windowMs: number; event?: { name: string; above?: number }; segment?: string; hasValue: boolean }
export interface RecountPlace { version: number; versionId: string; step: string; channel: string | null; experiment: string; external: boolean; arms: string[]; goals: RecountGoal[] }

/** Numbers by their names, such as `1/hello/A/sent`; what is 0 is left out. Amounts are hundredths. */
export class Numbers {
  readonly all = new Map<string, number>();

  add(name: string, by = 1): void {
    const sum = (this.all.get(name) ?? 0) + by;
    if (sum === 0) this.all.delete(name);
    else this.all.set(name, sum);
  }

  toObject(): Record<string, number> {
    return Object.fromEntries([...this.all].toSorted(([a], [b]) => a.localeCompare(b)));
  }
}

const RANK: Record<string, number> = { human: 0, unknown: 1, machine: 2 };
const group = <T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of list) (groups.get(keyOf(one)) ?? groups.set(keyOf(one), []).get(keyOf(one))!).push(one);
  return groups;
};

const accountOf = ({ state, channel }: ExportedDelivery): string => {
  if (state === 'delivered' || (state === 'sent' && channel !== 'in_app')) return 'delivered';
  if (state === 'sent' || state === 'queued' || state === 'sending') return 'inProgress';
  if (state === 'ghost') return 'control';
  return state === 'bounced' || state === 'uncertain' ? state : 'refused';
};

/** Counts some people; what is counted of different people may be added up. */
export function recountResults(rows: Exported, places: readonly RecountPlace[], now: number, into: Numbers): void {
  for (const run of rows.runs) { into.add('entry/entered'); into.add('entry/considered'); into.add(`entry/${run.state}`); }
  for (const decision of rows.decisions) if (decision.stage === 'entry') { into.add('entry/considered'); into.add(`entry/refused/${decision.code}`); }
  const deliveriesAt = group(rows.deliveries, (d) => `${d.version} ${d.step}`);
  const visitsAt = group(rows.visits, (v) => `${v.version} ${v.step}`);
  const ofRun = new Set(rows.deliveries.map((d) => `${d.run} ${d.step}`));
  const visited = new Set(rows.visits.map((v) => `${v.run} ${v.person} ${v.step}`));
  const reactionsOf = group(rows.reactions, (r) => `${r.delivery} ${r.person}`);
  const outcomes = { events: group(rows.events, (e) => `${e.person} ${e.name}`), flips: group(rows.flips, (f) => `${f.person} ${f.segment}`) };
  for (const place of places) {
    const at = `${place.version}/${place.step}`;
    const here = deliveriesAt.get(`${place.versionId} ${place.step}`) ?? [];
    const visits = visitsAt.get(`${place.versionId} ${place.step}`) ?? [];
    into.add(`${at}/eligible`, visits.length);
    into.add(`${at}/inProgress`, visits.filter(({ left }) => !left).length);
    const refusals = new Set(rows.decisions
      .filter((d) => d.version === place.versionId && d.step === place.step && (d.stage === 'step' || d.stage === 'exit') && !d.again && !ofRun.has(`${d.run} ${d.step}`) && visited.has(`${d.run} ${d.person} ${d.step}`))
      .map((d) => `${d.run} ${d.code}`));
    for (const refusal of refusals) into.add(`${at}/refused/${refusal.split(' ')[1]}`);
    countDeliveries(here, reactionsOf, place, into);
    // What the equation of the contract leaves over: a run that was refused twice, by different gates, is there twice.
    into.add(`${at}/DIFFERENCE`, visits.filter(({ left }) => left).length - here.length - refusals.size);
    const there = new Set(visits.map(({ person }) => person));
    for (const one of rows.assignments) {
      if (one.experiment !== place.experiment || !(place.external || there.has(one.person)) || !place.arms.includes(one.variant)) continue;
      into.add(`${at}/${one.variant}/assigned`);
      for (const goal of place.goals) countGoal(goal, one, outcomes, now, `${at}/${one.variant}/${goal.key}`, into);
    }
  }
}

function countDeliveries(here: readonly ExportedDelivery[], reactionsOf: ReadonlyMap<string, Exported['reactions']>, place: RecountPlace, into: Numbers): void {
  const at = `${place.version}/${place.step}`;
  const reached = new Set<string>();
  for (const delivery of here) {
    const account = accountOf(delivery);
    if (account === 'inProgress') into.add(`${at}/inProgress`);
    if (account === 'refused') into.add(`${at}/refused/${delivery.reason ?? delivery.state.toUpperCase()}`);
    if (!place.arms.includes(delivery.variant)) continue;
    const arm = `${at}/${delivery.variant}`;
    into.add(`${arm}/state/${delivery.state === 'sending' ? 'queued' : delivery.state}/${delivery.reason ?? ''}`);
    const reactions = reactionsOf.get(`${delivery.id} ${delivery.person}`) ?? [];
    const names = [arm, ...(account === 'control' ? [] : [`channel/${delivery.channel}`, `language/${delivery.language ?? ''}`])];
    for (const name of names) {
      if (['sent', 'delivered', 'bounced'].includes(delivery.state)) into.add(`${name}/sent`);
      if (account === 'delivered') into.add(`${name}/delivered`);
      if (account === 'bounced') into.add(`${name}/${reactions.some(({ kind, bounce }) => kind === 'bounce' && (bounce ?? 'hard') === 'hard') ? 'bouncedHard' : 'bouncedSoft'}`);
    }
    if (delivery.isControl) continue;
    if (delivery.state === 'delivered' || (delivery.channel === 'email' && delivery.state === 'sent')) reached.add(`${delivery.variant} ${delivery.person}`);
    for (const [kind, all] of group(reactions, (r) => r.kind)) {
      const best = all.map(({ verdict }) => verdict).toSorted((a, b) => RANK[a]! - RANK[b]!)[0]!;
      for (const name of names) into.add(['open', 'click'].includes(kind) ? `${name}/${kind}/${best}` : `${name}/${kind}`);
    }
  }
  for (const one of reached) into.add(`${at}/${one.split(' ')[0]}/reached`);
}

function countGoal(goal: RecountGoal, one: Exported['assignments'][number], outcomes: { events: ReadonlyMap<string, Exported['events']>; flips: ReadonlyMap<string, Exported['flips']> }, now: number, name: string, into: Numbers): void {
  const end = one.at + goal.windowMs;
  const inWindow = ({ at }: { at: number }) => at >= one.at && at < end && at <= now;
  const met = goal.event
    ? (outcomes.events.get(`${one.person} ${goal.event.name}`) ?? []).filter((event) => inWindow(event) && (goal.event!.above === undefined || (event.cents ?? 0) > goal.event!.above * 100))
    : (outcomes.flips.get(`${one.person} ${goal.segment}`) ?? []).filter(inWindow).map(() => ({ cents: null }));
  const cents = goal.hasValue ? met.reduce((sum, { cents: amount }) => sum + (amount ?? 0), 0) : 0;
  for (const [part, counts] of [['', true], ['/matured', end <= now]] as const) {
    if (!counts) continue;
    if (part !== '') into.add(`${name}/matured/assigned`);
    if (met.length > 0) into.add(`${name}${part}/converted`);
    into.add(`${name}${part}/value`, cents);
  }
}
