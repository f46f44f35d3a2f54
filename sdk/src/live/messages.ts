import type { AckAnswer, AckRequest, ClaimAnswer, ClaimRequest, LaidOut } from '../../../src/contract/visitor-wire.js';
import { Verdict } from '../core/batch.js';
import { show } from '../ui/index.js';
import { add, caller, emit, hold, later, local, newId, pause, post, pageVisit, shows } from './lent.js';
import { holds } from './holds.js';
import { idOf, mayAsk, withCap, type Candidate, type Caps } from './rank.js';

/** From "it could be displayed" to "it was": one message in all tabs of the browser at a time. */
const MOST_TRIES = 4;
/** What can be displayed within this time is asked for again. */
const SOON_MS = 10 * 60_000;

let waiting: Candidate[] = [];
let open: Candidate | undefined;
let release: (() => void) | null | undefined;
let working = false;
let leaving = new AbortController();

const ready = (): boolean => shows() && !document.hidden;
const caps = (): Caps => local.get<Caps>('caps') ?? {};
const remember = ({ rule_: rule }: Candidate, cap: Caps[string]): void => {
  if (rule) local.set('caps', withCap(caps(), rule.i, cap));
};

/** Is everything still as it was when it came true? */
function fits({ rule_: rule, visit_: visit }: Candidate): boolean {
  const pv = pageVisit();
  return !!pv && (!rule || !visit || (visit === pv.id && holds(rule) && mayAsk(caps()[rule.i], pv.site_.i, Date.now())));
}

/** A message may be displayed when its turn has come. Those that come true together are sorted before the first is taken. */
export function offer(candidate: Candidate): void {
  if ([open, ...waiting].some((one) => one && idOf(one) === idOf(candidate))) return;
  waiting.push(candidate);
  queueMicrotask(() => void work());
}

/** What a rule waits for has come; now or a little ago, when this file was still on its way. */
export function fire(candidate: Candidate): void {
  const rule = candidate.rule_!;
  if (pageVisit()?.id !== candidate.visit_ || !holds(rule)) return;
  emit('rule', { campaign: rule.i });
  offer(candidate);
}

/** Displays what may be displayed now. */
export async function work(): Promise<void> {
  if (working || open) return;
  working = true;
  while (waiting[0] && ready()) {
    const next = waiting.sort((a, b) => a.order_ - b.order_).shift()!;
    if (!fits(next)) continue;
    const free = await hold('display', { signal: leaving.signal });
    if (!free || !ready()) waiting.push(next);
    else if (fits(next)) await attempt(next, free).catch(() => undefined);
    if (open) break;
    free?.();
  }
  working = false;
}

async function attempt(candidate: Candidate, free: () => void): Promise<void> {
  const { rule_: rule, delivery_: delivery, why_: why } = candidate;
  const visit = pageVisit()!.site_.i;
  const me = caller();
  const claim = (candidate.claim_ ??= newId());
  const [verdict, body, wait] = await post('claim', JSON.stringify({ ...me, r: rule?.i, d: delivery, c: claim, s: visit, url: location.href, why } satisfies ClaimRequest));
  const tries = (candidate.tries_ = (candidate.tries_ ?? 0) + 1);
  if (verdict === Verdict.Again && tries < MOST_TRIES) later(() => offer(candidate), pause(tries, wait));
  if (verdict !== Verdict.Done) return;
  const answer = body as ClaimAnswer;
  if (!answer.ok) {
    const { n = Infinity } = answer;
    if (n < Infinity) remember(candidate, Date.now() + n);
    // While the page is still there: a lease of somebody else may come back.
    if (n < SOON_MS) later(() => offer({ ...candidate, claim_: undefined }), n);
    return;
  }
  const ack = (what: AckRequest['do'], more?: Partial<AckRequest>): void =>
    add({ messageId: newId(), type: 'ack', timestamp: Date.now(), ack: { ...me, c: claim, do: what, ...more } satisfies AckRequest }, true);
  const saw = (): void => {
    remember(candidate, rule?.y ? 0 : visit);
    ack('shown');
  };
  // Held back for comparison: as good as seen.
  if (answer.g || !answer.m) return saw();
  candidate.info_ = { campaign: rule?.i ?? answer.m.i, delivery: delivery ?? answer.m.d, claim };
  emit('message', candidate.info_);
  if (ready() && fits(candidate)) {
    release = free;
    return display(answer.m, candidate, ack, saw);
  }
  // The site has hidden or left the page just now.
  ack('back');
}

function display(message: LaidOut, mine: Candidate, ack: (what: AckRequest['do'], more?: Partial<AckRequest>) => void, saw: () => void): void {
  const info = mine.info_!;
  let wasSeen = false;
  open = mine;
  mine.shown_ = show(message, {
    shown() {
      if (wasSeen) return;
      wasSeen = true;
      saw();
      emit('impression', info);
    },
    open: () => ack('open'),
    click(button, url) {
      ack('click', { b: button });
      emit('click', { ...info, button, url });
    },
    reply(answer) {
      ack('reply', { v: answer });
      emit('reply', { ...info, answer });
    },
    dismiss() {
      // Put away before it was seen: it could not be displayed.
      ack(wasSeen ? 'dismiss' : 'back');
      if (wasSeen) emit('dismiss', info);
    },
    gone() {
      if (open !== mine) return;
      open = undefined;
      release?.();
      void work();
    },
  });
}

const shut = (): void => open?.shown_?.close();

/** Takes back a message, by delivery or claim. */
export function recall(id: string): void {
  waiting = waiting.filter(({ delivery_ }) => delivery_ !== id);
  if (open?.info_!.delivery === id || open?.claim_ === id) shut();
}

export function acknowledged({ c, do: what }: AckRequest, answer: unknown): void {
  // The lease was over and somebody else has the slot.
  if (what === 'shown' && (answer as AckAnswer | null)?.ok === 0 && open?.claim_ === c) shut();
}

/** Another page: what belonged to the last one goes. */
export function turned(): void {
  const { rule_: rule, visit_: visit } = open ?? {};
  if (rule && visit && !holds(rule)) shut();
}

/** Another tab may display while this one is hidden. */
export function hidden(): void {
  leaving.abort();
  leaving = new AbortController();
  release?.();
  release = undefined;
}

export function seen(): void {
  if (open && !release) void hold('display', { ifAvailable: true }).then((free) => { if (open) release = free; else free?.(); });
  void work();
}

export function close(): void {
  waiting = [];
  shut();
}
