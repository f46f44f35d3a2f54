// What is in the page of a dwell test: the measuring part of the SDK with the smallest host, and beside it an account of its
// own of when the page was visible, kept by nothing but listeners and the monotonic clock.
import { on as listen, unlisten, whenActive } from '../../sdk/src/core/safe.js';
import { allowStorage } from '../../sdk/src/core/storage.js';
import { watchExit } from '../../sdk/src/live/exit.js';
import { holds } from '../../sdk/src/live/holds.js';
import { lend } from '../../sdk/src/live/lent.js';
import { dwell, fulfil, happened, pageVisit, startVisits, watch } from '../../sdk/src/visit/index.js';

const now = () => performance.now();
/** [when, whether it was visible from then on] */
const seen = performance.getEntriesByType('visibility-state').map(({ name, startTime }) => [startTime, name === 'visible']);
/** Heartbeats that came late while the page was visible: [from, to]. The machine, not the SDK, was late then. */
const stalls = [];
let beat = now();
document.addEventListener('visibilitychange', () => {
  seen.push([now(), document.visibilityState === 'visible']);
  beat = now();
}, true);
setInterval(() => {
  if (now() - beat > 20 && document.visibilityState === 'visible') stalls.push([beat, now()]);
  beat = now();
}, 10);

const probe = (window.probe = {
  fired: [], opened: [], reports: [], armed: 0, restored: 0,
  /** Visible ms between two moments. */
  seenBetween: (from, to) => seen.reduce((sum, [start, on], index) => sum + (on ? Math.max(Math.min(to, seen[index + 1]?.[0] ?? to) - Math.max(from, start), 0) : 0), 0),
  /** For how long the page stood still in the last `ms` before a moment, all stalls together. */
  stallBefore: (at, ms) => stalls.filter(([from, to]) => to > at - ms && from < at + 20).reduce((sum, [from, to]) => sum + to - from, 0),
  /** Waits until a rule fires in this page. @returns what is known of that moment */
  firing: (id) => new Promise((resolve) => {
    const ask = () => {
      const found = probe.fired.find((one) => one.id === id);
      if (found) resolve({ ...found, stall: probe.stallBefore(found.at, 1_000) });
      else setTimeout(ask, 20);
    };
    ask();
  }),
});
addEventListener('pageshow', ({ persisted }) => { probe.restored += Number(persisted); });

const { rules, settings } = window.SETUP;
let started = 0;
probe.visits = { event: happened, rules: watch, holds, pv: () => pageVisit() && { ...pageVisit(), dwell }, stop: unlisten };
allowStorage(true);
// Of the chunk only what decides and what notices that somebody leaves; between the page visit and the listener it is lent fourteen other things.
lend([pageVisit, ...Array(14), listen, dwell, fulfil]);
watchExit();
whenActive(() => {
  watch(rules, settings);
  startVisits({
    opened_: ({ site_: { i: visitId }, id, url, referrer }) => {
      started = probe.opened.length === 0 ? (performance.getEntriesByType('navigation')[0].activationStart ?? 0) : now();
      probe.opened.push({ id, visitId, url, referrer, at: started });
    },
    fire_: (rule, why) => holds(rule) && probe.fired.push({ id: rule.i, why, at: now(), seen: probe.seenBetween(started, now()), pv: probe.opened.at(-1).id, visible: document.visibilityState === 'visible' }),
    armed_: () => { probe.armed += 1; },
    report_: (engaged) => {
      probe.reports.push(engaged);
      localStorage.setItem('reports', JSON.stringify([...JSON.parse(localStorage.getItem('reports') ?? '[]'), engaged]));
    },
  });
});
