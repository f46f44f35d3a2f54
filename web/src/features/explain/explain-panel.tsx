import { Alert, Badge, Code, Group, Stack, Text, TextInput, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useReason } from '../../lib/reasons.ts';
import { IconCheck, IconCircle, IconX } from '../../ui/icons.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { ConditionTree } from '../segments/condition-tree.tsx';

type Explanation = Api<'Explanation'>;
const COLORS = { yes: 'green', later: 'blue', no: 'red' } as const;

interface Asked { campaign: string; person: string; step?: string | undefined; /** Read again every so many milliseconds. */ every?: number }

/** Everything explain knows of one person and one campaign: the answer, what would flip it, when time alone does, and each gate with what it compared. */
export function ExplainPanel({ campaign, person, step, every }: Asked) {
  const { t } = useTranslation();
  const [moment, setMoment] = useState('');
  const at = moment === '' || Number.isNaN(Date.parse(moment)) ? undefined : new Date(moment).toISOString();
  const query = { personId: person, ...(step ? { step } : {}), ...(at ? { at } : {}) };
  const found = useQuery({ queryKey: ['explain', campaign, query], queryFn: () => answer(api.GET('/v1/campaigns/{id}/explain', { params: { path: { id: campaign }, query } })), ...(every && !at ? { refetchInterval: every } : {}) });
  return (
    <Stack gap="sm">
      {found.isPending ? <Loading rows={4} /> : found.data ? <Answered found={found.data} /> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
      <TextInput type="datetime-local" size="xs" maw={260} label={t('explain.moment')} value={moment} onChange={(event) => { setMoment(event.currentTarget.value); }} />
    </Stack>
  );
}

function Answered({ found }: { found: Explanation }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const say = (text: { en: string; ko: string }) => (i18n.language === 'ko' ? text.ko : text.en);
  const { verdict, answer: told, basis, version, at, flip, nextPossibleAt, gates } = found;
  return (
    <Stack gap="sm">
      <Group gap="sm" wrap="nowrap" align="flex-start"><Badge color={COLORS[verdict]} variant="light" style={{ flexShrink: 0 }}>{t(`explain.verdict.${verdict}`)}</Badge><Text fw={600}>{say(told)}</Text></Group>
      <Text size="sm" c="dimmed">{t(`explain.basis.${basis}`)} · {version.number === null ? t('explain.ofDraft') : t('explain.ofVersion', { number: version.number })} · {t('explain.asOf', { when: format.instant(at) })}</Text>
      {flip && flip.sentence.en !== '' && <Alert variant="light" color={flip.to === 'yes' ? 'blue' : 'gray'} title={t(flip.to === 'yes' ? 'explain.flip' : 'explain.flipNo')}>{say(flip.sentence)}</Alert>}
      {verdict !== 'yes' && <Text size="sm">{nextPossibleAt ? t('explain.next', { when: format.exact(nextPossibleAt) }) : t('explain.noNext')}</Text>}
      <Title order={3} size="h6" c="dimmed">{t('explain.gates')}</Title>
      <ol style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label={t('explain.gates')}>{gates.map((gate) => <Gate key={gate.gate} gate={gate} />)}</ol>
    </Stack>
  );
}

const MARKS = { passed: <IconCheck size={16} color="var(--mantine-color-green-light-color)" aria-hidden />, refused: <IconX size={16} color="var(--mantine-color-error)" aria-hidden />, open: <IconCircle size={16} color="var(--mantine-color-dimmed)" aria-hidden /> };

function Gate({ gate: { gate, passed, code, facts, nextCheckAt } }: { gate: Explanation['gates'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const state = passed === null ? 'open' : passed ? 'passed' : 'refused';
  const compared = Object.entries(facts).filter(([key, value]) => value !== null && value !== undefined && key !== 'explained');
  const tree = facts.explained as Api<'ExplainedNode'> | null | undefined;
  return (
    <li style={{ padding: '3px 0' }}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        <span style={{ flexShrink: 0, paddingTop: 2 }}>{MARKS[state]}</span>
        <div style={{ minWidth: 0 }}>
          <Group gap={8}>
            <Text size="sm" fw={state === 'refused' ? 600 : 400}>{t(`reasons.gates.${gate}`)}<VisuallyHidden>: {t(`explain.gate.${state}`)}</VisuallyHidden></Text>
            {code && <Badge variant="light" color={state === 'refused' ? 'red' : 'gray'}>{reason(code)}</Badge>}
            {nextCheckAt && <Text size="xs" c="dimmed">{t('explain.from', { when: format.instant(nextCheckAt) })}</Text>}
          </Group>
          {compared.length > 0 && <Text size="xs" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>{compared.map(([key, value]) => <Fact key={key} name={key} value={value} />)}</Text>}
          {tree?.sentence && <div style={{ paddingTop: 6 }}><ConditionTree node={tree} /></div>}
        </div>
      </Group>
    </li>
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT/;

/** What a gate compared, in words where there are some; what only machines name stands as they write it. */
function Fact({ name, value }: { name: string; value: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = (t('explain.fact', { returnObjects: true }) as Record<string, string>)[name];
  const plain = typeof value === 'object' ? JSON.stringify(value).slice(0, 160) : String(value).slice(0, 120);
  if (word === undefined) return <span><Code>{name}: {plain}</Code> </span>;
  const said = typeof value === 'boolean' ? t(`explain.${value}`) : typeof value === 'number' ? format.number(value) : typeof value === 'string' && INSTANT.test(value) ? format.instant(value) : <Code>{plain}</Code>;
  return <span>{word} {said} · </span>;
}
