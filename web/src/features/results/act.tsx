import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { ConfirmDialog, TYPED_FROM } from '../../ui/confirm.tsx';

type Result = Api<'ExperimentResult'>;
type Steering = Api<'ExperimentSteering'>;
const RUNNING = ['active', 'paused', 'draining'];

/** What can be done with what a test has shown: give one version to everybody new, split again, drop a beaten arm, go on after the read-out. */
export function Act({ result, campaign }: { result: Result; campaign: { state: string; type: string } }) {
  const { t } = useTranslation();
  const id = result.experimentId;
  const canEdit = mayEdit(useMe());
  const steering = useQuery({ queryKey: ['steering', id], queryFn: () => answer(api.GET('/v1/experiments/{id}/choice', { params: { path: { id } } })), enabled: !result.external });
  // Who is assigned elsewhere gets nothing from us: all that is left to decide is whether the test goes on.
  if (result.external) return canEdit && mayExtend(result) ? <Group component="section" aria-label={t('results.act.title')}><Extend result={result} /></Group> : null;
  if (!steering.data) return null;
  const { choice, testThenSend } = steering.data;
  const isOpen = RUNNING.includes(campaign.state);
  const sends = campaign.type === 'broadcast' ? isOpen && testThenSend !== null && ['testing', 'waiting', 'held'].includes(testThenSend.state) : isOpen && !choice;
  return (
    <Stack gap="sm" component="section" aria-label={t('results.act.title')}>
      {testThenSend && <Sentence text={testThenSend.sentence} />}
      {choice && campaign.type !== 'broadcast' && <Chosen steering={steering.data} canUndo={canEdit && isOpen} />}
      {canEdit && (
        <Group gap="xs">
          {sends && steering.data.arms.filter(({ isControl, dropped }) => !isControl && dropped === null).map(({ key }) => <Choose key={key} id={id} variant={key} rest={campaign.type === 'broadcast'} isWinner={key === result.verdict.winner} />)}
          {isOpen && campaign.type !== 'broadcast' && <Drops id={id} steering={steering.data} />}
          {mayExtend(result) && <Extend result={result} />}
        </Group>
      )}
    </Stack>
  );
}

/** The rule of the server: undecided at its read-out, not extended before, and with a budget left for early looks. */
const mayExtend = ({ verdict, plan }: Result) => verdict.readout !== null && verdict.state !== 'winner' && verdict.state !== 'traffic_problem' && verdict.extendedAt === null && plan.alphaEarly > 0;

function Sentence({ text }: { text: { en: string; ko: string } }) {
  const { i18n } = useTranslation();
  return <Alert color="rain" variant="light"><Text size="sm">{i18n.language === 'ko' ? text.ko : text.en}</Text></Alert>;
}

function useAfter(id: string) {
  const queries = useQueryClient();
  return () => Promise.all([['results'], ['steering', id]].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

/** A button that first asks the server whom it would concern, says it, and then does it. */
function Concerning({ label, title, color, ask, act }: { label: string; title: string; color?: string; ask(): Promise<Api<'SteeringAnswer'>['concerns']>; act(): Promise<unknown> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const [concerns, setConcerns] = useState<Api<'SteeringAnswer'>['concerns'] | null>(null);
  const [refusal, setRefusal] = useState('');
  const open = async () => {
    setBusy(true);
    setRefusal('');
    try {
      setConcerns(await ask());
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
    }
    setBusy(false);
  };
  return (
    <>
      <Button variant={color ? 'filled' : 'default'} color={color ?? ''} loading={busy} onClick={() => { void open(); }}>{label}</Button>
      {refusal && <Text size="sm" c="error" role="alert">{refusal}</Text>}
      {concerns && (
        <ConfirmDialog title={title} action={label} typed={concerns.people > TYPED_FROM ? String(concerns.people) : null} onClose={() => { setConcerns(null); }} onConfirm={act}>
          <Words text={concerns.sentence} /><Text size="sm" fw={600} mt="xs">{t('results.act.concerns', { people: format.number(concerns.people) })}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}

function Words({ text }: { text: { en: string; ko: string } }): ReactNode {
  const { i18n } = useTranslation();
  return <Text size="sm">{i18n.language === 'ko' ? text.ko : text.en}</Text>;
}

function Choose({ id, variant, rest, isWinner }: { id: string; variant: string; rest: boolean; isWinner: boolean }) {
  const { t } = useTranslation();
  const after = useAfter(id);
  const post = (confirm: boolean) => answer(api.POST('/v1/experiments/{id}/choice', { params: { path: { id } }, body: { variant, keep: 0, confirm } }));
  const label = t(rest ? 'results.act.sendRest' : 'results.act.send', { variant });
  return <Concerning label={label} title={label} {...(isWinner ? { color: 'rain' } : {})} ask={async () => (await post(false)).concerns} act={async () => { await post(true); await after(); }} />;
}

/** Only arms that are proven to be worse, and only while two others are left. */
function Drops({ id, steering }: { id: string; steering: Steering }) {
  const { t } = useTranslation();
  const after = useAfter(id);
  const left = steering.arms.filter(({ dropped }) => dropped === null);
  const post = (variant: string, confirm: boolean) => answer(api.POST('/v1/experiments/{id}/drop', { params: { path: { id } }, body: { variant, confirm } }));
  if (left.length < 3) return null;
  return <>{left.filter(({ key, beaten }) => beaten && key !== steering.choice?.variant).map(({ key }) => <Concerning key={key} label={t('results.act.drop', { variant: key })} title={t('results.act.drop', { variant: key })} ask={async () => (await post(key, false)).concerns} act={async () => { await post(key, true); await after(); }} />)}</>;
}

function Chosen({ steering: { experimentId: id, choice }, canUndo }: { steering: Steering; canUndo: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const after = useAfter(id);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const undo = async () => {
    setBusy(true);
    try {
      await answer(api.DELETE('/v1/experiments/{id}/choice', { params: { path: { id } } }));
      await after();
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
    }
    setBusy(false);
  };
  return (
    <Alert color="rain" variant="light">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{t(`results.act.claims.${choice!.claim}`, { variant: choice!.variant, when: format.instant(choice!.since) })}{choice!.keep > 0 && ` ${t('results.act.kept', { share: format.percent(choice!.keep, 1) })}`}</Text>
        {canUndo && <Button variant="default" size="xs" loading={busy} onClick={() => { void undo(); }}>{t('results.act.undo')}</Button>}
      </Group>
      {refusal && <Text size="sm" c="error" role="alert">{refusal}</Text>}
    </Alert>
  );
}

function Extend({ result: { experimentId: id } }: { result: Result }) {
  const { t } = useTranslation();
  const after = useAfter(id);
  const [opened, setOpened] = useState(false);
  const extend = async () => {
    await answer(api.POST('/v1/experiments/{id}/extend', { params: { path: { id } } }));
    await after();
  };
  return (
    <>
      <Button variant="default" onClick={() => { setOpened(true); }}>{t('results.act.extend')}</Button>
      {opened && <ConfirmDialog title={t('results.act.extend')} action={t('results.act.extend')} typed={null} onClose={() => { setOpened(false); }} onConfirm={extend}>{t('results.act.extendHint')}</ConfirmDialog>}
    </>
  );
}
