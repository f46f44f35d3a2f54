import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { TYPED_FROM } from '../../../ui/confirm.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ApprovalWords, useApproval } from '../../safety/approval-panel.tsx';
import { RampWords } from '../../safety/ramp-words.tsx';
import { askCheck, checkKey } from '../check/use-check.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { VersionDiff } from '../history/version-diff.tsx';
import { Findings } from './findings.tsx';
import { InFlightChoice } from './in-flight.tsx';
import { KEEP, type InFlight } from './in-flight-choice.ts';
import { FirstMessageWords, MessageList } from './sends.tsx';
import { useSendingMode } from './use-sending-mode.ts';
import { useWho, WhoWords } from './who-words.tsx';

interface Sheet { onClose(): void; onLaunched(published: Api<'CampaignPublished'>, mode: 'real' | 'sandbox'): void }

/** What would happen, and the button that makes it happen. Looks at what the server has: everything was saved before. */
export function LaunchSheet({ onClose, onLaunched }: Sheet) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { campaign } = useDraft();
  const { id, revision, definition, currentVersion } = campaign;
  const checked = useQuery({ queryKey: checkKey(id, revision), queryFn: () => askCheck(id), staleTime: 0 });
  const mode = useSendingMode();
  const found = useWho(id, definition, revision);
  const approval = useApproval(id, revision).data;
  const isMissing = approval !== undefined && approval.needed && !approval.held && approval.state !== 'approved';
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const [inFlight, setInFlight] = useState<InFlight>(KEEP);
  const launch = async () => {
    setBusy(true);
    setProblem(null);
    try {
      onLaunched(await answer(api.POST('/v1/campaigns/{id}/publish', { params: { path: { id } }, body: { revision, ...(currentVersion ? { inFlight } : {}) } })), mode ?? 'real');
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'unknown', error instanceof Error ? error.message : '', [], null));
      setBusy(false);
    }
  };
  const lookAgain = async () => {
    queries.setQueryData(['campaign', id], await answer(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })));
    setProblem(null);
  };
  if (checked.isPending || mode === undefined) return <Loading rows={6} />;
  if (!checked.data) return <ErrorPanel error={checked.error} onRetry={() => { void checked.refetch(); }} />;
  return (
    <Stack gap="lg">
      <Section title={t('launch.whoTitle')}><WhoWords found={found} /></Section>
      {currentVersion && <Section title={t('launch.changes', { number: currentVersion.number })}><VersionDiff id={id} from={currentVersion.number} to={{ name: null, definition }} /></Section>}
      {currentVersion && <Section title={t('live.title')}><InFlightChoice value={inFlight} onChange={setInFlight} /></Section>}
      <Section title={t('launch.whenTitle')}><FirstMessageWords definition={definition} /><RampWords definition={definition} /></Section>
      <Section title={t('launch.whatTitle')}><MessageList definition={definition} /></Section>
      {checked.data.testThenSend && <Section title={t('launch.test.title')}><Text size="sm">{t('launch.test.text', { share: checked.data.testThenSend.test, rest: checked.data.testThenSend.rest })}</Text></Section>}
      {approval?.needed && !approval.held && <Section title={t('safety.approval.title')}><ApprovalWords id={id} approval={approval} />{isMissing && <Text size="sm" fw={600}>{t('safety.approval.waits')}</Text>}</Section>}
      <Section title={t('launch.checks')}><Findings id={id} findings={checked.data.findings} onJump={onClose} /></Section>
      <Alert color={mode === 'sandbox' ? 'blue' : 'gray'} variant="light" title={t(`launch.mode.${mode}`)}>{t(`launch.mode.${mode}Hint`)}</Alert>
      {problem && <Refused problem={problem} onLookAgain={() => { void lookAgain(); }} />}
      <Go count={found.now} mode={mode} busy={busy} blocked={!checked.data.ok || isMissing} next={currentVersion ? currentVersion.number + 1 : null} isPaused={campaign.state === 'paused'} onLaunch={() => { void launch(); }} onClose={onClose} />
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <Stack gap={4} component="section" aria-label={title}><Title order={3} size="h6" c="dimmed">{title}</Title>{children}</Stack>;
}

/** Why it was not launched. Nothing was sent. */
function Refused({ problem, onLookAgain }: { problem: ApiProblem; onLookAgain(): void }) {
  const { t } = useTranslation();
  const isChanged = problem.code === 'campaign.changed';
  const known = isChanged || problem.code === 'campaign.nothing-new' || problem.code === 'campaign.already-launched';
  return (
    <Alert color="orange" role="alert" title={t('launch.refused.title')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{known ? t(`launch.refused.${problem.code.split('.')[1] as 'changed'}`) : problem.message}</Text>
        {problem.problems.map(({ path, message }) => <Text key={path} size="sm">{message}</Text>)}
        {isChanged && <Button size="xs" variant="default" onClick={onLookAgain}>{t('launch.refused.again')}</Button>}
      </Stack>
    </Alert>
  );
}

interface Going { count: number | null; mode: 'real' | 'sandbox'; busy: boolean; blocked: boolean; next: number | null; isPaused: boolean; onLaunch(): void; onClose(): void }

/** The button, which says how many people; their number is typed when they are very many. */
function Go({ count, mode, busy, blocked, next, isPaused, onLaunch, onClose }: Going) {
  const { t } = useTranslation();
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const mustType = !blocked && count !== null && count > TYPED_FROM && next === null;
  const go = () => {
    if (mustType && typed.replaceAll(/[\s,.]/g, '') !== String(count)) return setWrong(true);
    onLaunch();
  };
  const people = count === null || count === 0 ? '' : 'To';
  const label = next !== null ? t('launch.publish', { number: next }) : t(`launch.go.${mode}${people as 'To'}`, { count: count ?? 0 });
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (!busy) go(); }}>
      <Stack gap="sm">
        {mustType && <TextInput label={t('confirm.type', { typed: format.number(count) })} value={typed} autoComplete="off" inputMode="numeric" error={isWrong && t('confirm.mismatch', { typed: format.number(count) })} onChange={(event) => { setTyped(event.currentTarget.value); setWrong(false); }} />}
        {isPaused && <Text size="sm">{t('launch.resumes')}</Text>}
        <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t('launch.back')}</Button>{!blocked && <Button type="submit" loading={busy}>{label}</Button>}</Group>
      </Stack>
    </form>
  );
}
