import type { CampaignResults, MessageTotals, VariantResult } from '../../../src/contract/results.js';
import { Numbers } from './recount.js';

/** The numbers of an answer of the API under the names of the recount. */
export function numbersOf(results: CampaignResults): Numbers {
  const into = new Numbers();
  into.add('entry/considered', results.entry.considered);
  into.add('entry/entered', results.entry.entered);
  for (const [state, count] of Object.entries(results.entry.runs)) into.add(`entry/${state}`, count);
  for (const { code, count } of results.entry.refusals) into.add(`entry/refused/${code}`, count);
  for (const step of results.steps) {
    const at = `${step.version}/${step.stepId}`;
    into.add(`${at}/DIFFERENCE`, step.reconciliation.difference);
    into.add(`${at}/eligible`, step.eligible);
    into.add(`${at}/inProgress`, step.inProgress);
    for (const { code, count } of step.refusals) into.add(`${at}/refused/${code}`, count);
    for (const variant of step.variants) addVariant(`${at}/${variant.key}`, variant, into);
  }
  for (const { channel, ...totals } of results.byChannel) addTotals(`channel/${channel}`, totals, into);
  for (const { language, ...totals } of results.byLanguage) addTotals(`language/${language}`, totals, into);
  return into;
}

function addTotals(name: string, of: Omit<MessageTotals, 'reached'>, into: Numbers): void {
  for (const key of ['sent', 'delivered', 'bouncedHard', 'bouncedSoft'] as const) into.add(`${name}/${key}`, of[key]);
  into.add(`${name}/unsubscribe`, of.unsubscribed);
  into.add(`${name}/complaint`, of.complained);
  into.add(`${name}/dismiss`, of.dismissed);
  into.add(`${name}/reply`, of.replied);
  for (const verdict of ['human', 'unknown', 'machine'] as const) {
    into.add(`${name}/open/${verdict}`, of.opened[verdict]);
    into.add(`${name}/click/${verdict}`, of.clicked[verdict]);
  }
}

function addVariant(name: string, variant: VariantResult, into: Numbers): void {
  addTotals(name, variant, into);
  into.add(`${name}/assigned`, variant.assigned);
  into.add(`${name}/reached`, variant.reached);
  for (const { state, reason, count } of variant.deliveries) into.add(`${name}/state/${state}/${reason ?? ''}`, count);
  for (const goal of variant.goals) {
    const cents = (value: number | null) => Math.round((value ?? 0) * 100);
    into.add(`${name}/${goal.key}/converted`, goal.converted);
    into.add(`${name}/${goal.key}/value`, cents(goal.value));
    into.add(`${name}/${goal.key}/matured/assigned`, goal.matured.assigned);
    into.add(`${name}/${goal.key}/matured/converted`, goal.matured.converted);
    into.add(`${name}/${goal.key}/matured/value`, cents(goal.matured.value));
  }
}

/** Kinds of reactions the answer has no number of are left out of a recount before both are compared. */
export function comparable(numbers: Numbers): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers.toObject()).filter(([name]) => !/\/(bounce|impression|honeypot)$/.test(name)));
}
