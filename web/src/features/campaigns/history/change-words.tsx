import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import type { Duration } from '../series/model.js';
import { useFlowWords, type Step } from '../words/use-flow-words.ts';
import { isRecord, type Change, type Place } from '../../../../../src/contract/campaign-diff.ts';
import classes from './history.module.css';
import { diffWords } from './word-diff.ts';

const LENGTHS = new Set(['lookBack', 'for', 'timeout', 'window', 'interval', 'expiresAfter']);
const CONDITIONS = new Set(['condition', 'audience']);
/** Texts with markup: what is read of them is compared, and when only the markup differs, that is said. */
const MARKUP = new Set(['body']);
/** What an editor keeps of its own about the looks of a message. */
const LOOKS = new Set(['blocks', 'design', 'theme', 'image', 'layout']);

/** One change as a sentence. */
export function ChangeWords({ change }: { change: Change }) {
  const { t } = useTranslation();
  const words = useFlowWords();
  const place = usePlaceWords();
  if (change.kind === 'name') return <Line label={t('history.name')}><FromTo from={change.from} to={change.to} /></Line>;
  if (change.kind === 'added' || change.kind === 'removed') return <Line label={t(`history.${change.kind}`)}><Text span size="sm">{place(change.place)}</Text></Line>;
  if (change.kind === 'wait') return <Line label={t('history.changed')}><FromTo from={words.wait(change.from)} to={words.wait(change.to)} /></Line>;
  if (change.kind === 'way') return <Line label={place(change.place)}><Text span size="sm">{t('history.way', { by: change.by === null ? '' : ` (${change.by === 'onTimeout' || change.by === 'onMissed' || change.by === 'otherwise' ? t(`history.${change.by}`) : change.by})`, to: change.to ? words.step(change.to as unknown as Step) : t('history.end') })}</Text></Line>;
  // A field by its last name, which is the one that people know.
  const label = `${place(change.place)} · ${t(`history.fields.${change.field.split('.').at(-1)! as 'subject'}`, { defaultValue: change.field })}`;
  return <Line label={label}><Values field={change.field} from={change.from} to={change.to} /></Line>;
}


function Line({ label, children }: { label: string; children: ReactNode }) {
  return <Group gap={6} align="baseline"><Text span size="sm" fw={600}>{label}:</Text>{children}</Group>;
}

function FromTo({ from, to }: { from: string; to: string }) {
  return <Text span size="sm"><del className={classes.removed}>{from}</del> → <ins className={classes.added}>{to}</ins></Text>;
}

/** Where in the campaign. */
function usePlaceWords(): (place: Place) => string {
  const { t } = useTranslation();
  const words = useFlowWords();
  return (place) => {
    if (!('part' in place)) return t(`history.places.${place.kind}`);
    if (place.kind === 'goal' || place.kind === 'exit_rule') return t(`history.places.${place.kind}`, { name: String(place.part.name || place.part.key || '') });
    const step = words.step(place.part as unknown as Step);
    if (place.kind === 'step') return step;
    const variant = t('history.places.variant', { step, key: String(place.variant.key ?? '') });
    return place.language ? t('history.places.language', { variant, language: place.language }) : variant;
  };
}

function Values({ field, from, to }: { field: string; from: unknown; to: unknown }) {
  const { t } = useTranslation();
  const say = useValueWords();
  const last = field.split('.').at(-1)!;
  if (LOOKS.has(last)) return <Text span size="sm">{t('history.looks')}</Text>;
  if (CONDITIONS.has(last)) return <Text span size="sm"><del className={classes.removed}><Condition node={from} /></del> → <ins className={classes.added}><Condition node={to} /></ins></Text>;
  if (last === 'segmentId') return <Text span size="sm"><del className={classes.removed}><SegmentName id={from} /></del> → <ins className={classes.added}><SegmentName id={to} /></ins></Text>;
  if (typeof from === 'string' && typeof to === 'string' && (from.includes(' ') || to.includes(' '))) {
    const [a, b] = MARKUP.has(last) ? [readable(from), readable(to)] : [from, to];
    return a === b ? <Text span size="sm">{t('history.looks')}</Text> : <TextDiff from={a} to={b} />;
  }
  return <FromTo from={say(last, from)} to={say(last, to)} />;
}

const readable = (markup: string) => markup.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ').trim();

/** A text with what went and what came marked, for eyes and for readers of the page. */
function TextDiff({ from, to }: { from: string; to: string }) {
  return (
    <Text span size="sm" style={{ whiteSpace: 'pre-wrap' }}>
      {diffWords(from, to).map(({ kind, text }, index) => (kind === 'removed' ? <del key={index} className={classes.removed}>{text}</del> : kind === 'added' ? <ins key={index} className={classes.added}>{text}</ins> : <span key={index}>{shortened(text)}</span>))}
    </Text>
  );
}

const EDGE = 60;
/** What stayed is shown only around what changed. */
const shortened = (text: string) => (text.length > EDGE * 3 ? `${text.slice(0, EDGE)} … ${text.slice(-EDGE)}` : text);

function useValueWords(): (field: string, value: unknown) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useFlowWords();
  const say = (field: string, value: unknown): string => {
    if (value === undefined || value === null || value === '') return t('history.nothing');
    if (LENGTHS.has(field) && isRecord(value)) return words.duration(value as Duration);
    if (field === 'control' && isRecord(value)) return format.number(Number(value.weight));
    if (field === 'event' && isRecord(value)) return String(value.name);
    if (field === 'reentry' && isRecord(value)) return t(`history.reentry.${value.policy as 'never'}`, { length: isRecord(value.interval) ? words.duration(value.interval as Duration) : '' });
    if (field === 'sendWindow' && isRecord(value)) return `${String(value.from ?? '09:00')}–${String(value.to ?? '18:00')}${Array.isArray(value.weekdays) && value.weekdays.length > 0 ? ` ${words.days(value.weekdays as string[])}` : ''}`;
    if (field === 'sendRate' && isRecord(value)) return t('safety.rate.words', { shown: format.number(Number(value.messages)), per: t(`safety.rate.${value.per as 'minute'}`) });
    if (field === 'ramp' && isRecord(value)) return (value.stages as { percent: number }[]).map(({ percent }) => `${format.number(percent)} %`).join(' → ');
    if (field === 'class') return t(`history.classes.${value as 'standard'}`);
    if (field === 'take') return t(`history.take.${value as 'future_only'}`);
    if (field === 'launchAt') return format.instant(String(value));
    if (typeof value === 'number') return format.number(value);
    if (typeof value === 'boolean') return t(value ? 'history.yes' : 'history.no');
    return typeof value === 'string' ? value : isRecord(value) && Object.keys(value).length === 0 ? t('history.nothing') : Array.isArray(value) ? (value.length === 0 ? t('history.nothing') : t('history.several', { count: value.length })) : t('history.other');
  };
  return say;
}

/** A condition as the server says it. */
export function Condition({ node }: { node: unknown }) {
  const { t, i18n } = useTranslation();
  const asked = useQuery({ queryKey: ['condition-words', JSON.stringify(node)], enabled: isRecord(node), staleTime: Infinity, retry: false, queryFn: () => answer(api.POST('/v1/segments/preview', { body: { definition: node as Api<'SegmentNode'> } })) });
  if (!isRecord(node)) return <>{t('history.nothing')}</>;
  const sentence = asked.data?.sentence;
  return <>{sentence ? (i18n.language === 'ko' ? sentence.ko : sentence.en) : asked.isPending ? '…' : t('history.other')}</>;
}

function SegmentName({ id }: { id: unknown }) {
  const { t } = useTranslation();
  const wanted = typeof id === 'string' && id !== '' ? id : null;
  const found = useQuery({ queryKey: ['segment', wanted], enabled: wanted !== null, retry: false, queryFn: () => answer(api.GET('/v1/segments/{id}', { params: { path: { id: wanted! } } })) });
  return <>{wanted === null ? t('history.nothing') : found.data?.name ?? (found.isPending ? '…' : t('history.other'))}</>;
}
