import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { htmlToText } from 'html-to-text';
import { wordsOf } from '../../kernel/reason-words.js';
import { isEmpty, worriesOf, type DigestFacts } from './domain/facts.js';
import { LABELS, subjectOf, verdictText, worryText, type DigestLanguage } from './domain/words.js';

/** `templates/` beside `src/` in the repository and in the compiled service. */
const TEMPLATE = fileURLToPath(new URL('../../../templates/system/digest.mjml', import.meta.url));
const LISTED = 20;

export interface DigestFrame { cadence: 'daily' | 'weekly'; language: DigestLanguage; workspace: string; from: Date; to: Date; zone: string; home: string; unsubscribeUrl: string }
export interface DigestMail { subject: string; html: string; text: string; empty: boolean }

let template: Promise<HandlebarsTemplateDelegate> | null = null;

/** Everything in it was escaped before MJML reads it: a name is text, whatever it looks like. */
const loadTemplate = (): Promise<HandlebarsTemplateDelegate> => (template ??= readFile(TEMPLATE, 'utf8').then((source) => Handlebars.compile(source, { strict: false, knownHelpersOnly: true })));

/** The mail of a period. */
export async function digestMail(facts: DigestFacts, frame: DigestFrame): Promise<DigestMail> {
  const { language, cadence, workspace, home, unsubscribeUrl } = frame;
  const [labels, worries] = [LABELS[language], worriesOf(facts)];
  const number = (value: number) => value.toLocaleString(language);
  const urlOf = (campaignId: string) => `${home}/campaigns/${campaignId}`;
  const subject = subjectOf({ cadence, workspace, sent: facts.campaigns.reduce((sum, { sent }) => sum + sent, 0), worries: worries.length }, language);
  const source = (await loadTemplate())({
    language, subject, workspace, labels, title: labels[cadence], period: periodText(frame), home, unsubscribeUrl, empty: isEmpty(facts),
    worries: worries.map((worry) => ({ text: worryText(worry, language), url: 'campaignId' in worry ? urlOf(worry.campaignId) : null })),
    verdicts: facts.verdicts.map((verdict) => ({ text: verdictText(verdict, language), url: urlOf(verdict.campaignId) })),
    campaigns: facts.campaigns.slice(0, LISTED).map(({ id, name, ...counts }) => ({ name, url: urlOf(id), ...Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, number(value)])) })),
    more: facts.campaigns.length > LISTED ? `${labels.more}: ${number(facts.campaigns.length - LISTED)}` : null,
    refusals: facts.refusals.map(({ code, count }) => ({ text: wordsOf(code)[language], count: number(count) })),
  });
  // Loaded with the first mail: it costs a third of a second, which no start should wait for.
  const { default: mjml2html } = await import('mjml');
  const { html } = await mjml2html(source, { validationLevel: 'strict', keepComments: false, ignoreIncludes: true, useMjmlConfigOptions: false, fonts: {} });
  return { subject, html, text: htmlToText(html, { wordwrap: false, selectors: [{ selector: 'img', format: 'skip' }, { selector: 'table', format: 'block' }, { selector: 'td', format: 'inline' }] }).replaceAll(/\n{3,}/g, '\n\n').trim(), empty: isEmpty(facts) };
}

function periodText({ from, to, zone, language }: DigestFrame): string {
  const said = (at: Date) => new Intl.DateTimeFormat(language === 'ko' ? 'ko' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: zone }).format(at);
  return `${said(from)} – ${said(to)} (${zone})`;
}
