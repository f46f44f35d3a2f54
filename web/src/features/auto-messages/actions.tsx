import { ActionIcon, Alert, Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../lib/api.ts';
import { copyAsFile } from '../../lib/copy-file.ts';
import { IconDots } from '../../ui/icons.ts';
import { useDraft } from '../campaigns/draft/draft-context.tsx';
import { useAutoCheck } from './auto-check.tsx';
import { filled, type AutoMessage } from './auto-message.ts';
import { useSaid } from '../../lib/said.ts';
import type { Finding } from './findings.tsx';
import { useTriggerWords } from './trigger-words.ts';

const messageOf = (error: unknown) => (error instanceof Error ? error.message : '');

/** Everything that can be done with an auto message now, by its state. Only publishing shows it to anybody. */
export function Actions() {
  const { t } = useTranslation();
  const { campaign } = useDraft();
  const { state } = campaign;
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState('');
  const move = async (how: 'pause' | 'resume') => {
    setRefusal('');
    try {
      const path = { params: { path: { id: campaign.id } } };
      queries.setQueryData(['campaign', campaign.id], await answer(how === 'pause' ? api.POST('/v1/campaigns/{id}/pause', path) : api.POST('/v1/campaigns/{id}/resume', path)));
      void queries.invalidateQueries({ queryKey: ['auto-messages'] });
    } catch (error) {
      setRefusal(messageOf(error));
    }
  };
  return (
    <Group gap="xs">
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      {state === 'active' && <Button variant="default" onClick={() => { void move('pause'); }}>{t('autoMessages.act.pause')}</Button>}
      {state === 'paused' && <Button variant="default" onClick={() => { void move('resume'); }}>{t('autoMessages.act.resume')}</Button>}
      {state !== 'stopped' && state !== 'archived' && <Publish />}
      <More campaign={campaign} />
    </Group>
  );
}

/** Looks at everything first: what is wrong is said at its place, what is only doubtful right before it goes live. */
function Publish() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { campaign, flush } = useDraft();
  const { ask } = useAutoCheck();
  const [busy, setBusy] = useState(false);
  const [warnings, setWarnings] = useState<Finding[] | null>(null);
  const [said, setSaid] = useState('');
  const { id, state } = campaign;
  const begin = async () => {
    setBusy(true);
    setSaid('');
    try {
      if (!(await flush())) return setSaid(t('autoMessages.publish.notSaved'));
      const findings = await ask();
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      if (errors > 0) setSaid(t('autoMessages.publish.errors', { count: errors }));
      else setWarnings(findings);
    } catch (error) {
      setSaid(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  const publish = async () => {
    setBusy(true);
    try {
      const { revision } = queries.getQueryData<Api<'Campaign'>>(['campaign', id])!;
      const published = await answer(api.POST('/v1/campaigns/{id}/publish', { params: { path: { id } }, body: { revision } }));
      queries.setQueryData(['campaign', id], published.campaign);
      void queries.invalidateQueries({ queryKey: ['auto-messages'] });
      setSaid(t('autoMessages.publish.done', { number: published.version.number }));
    } catch (error) {
      setSaid(error instanceof ApiProblem && error.code === 'campaign.nothing-new' ? t('autoMessages.publish.nothingNew') : messageOf(error));
    } finally {
      setWarnings(null);
      setBusy(false);
    }
  };
  return (
    <>
      <Text size="sm" component="output" maw={260}>{said}</Text>
      <Button loading={busy && warnings === null} onClick={() => { void begin(); }}>{t(state === 'draft' ? 'autoMessages.publish.action' : 'autoMessages.publish.changes')}</Button>
      <Modal opened={warnings !== null} onClose={() => { setWarnings(null); }} title={t('autoMessages.publish.title')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {warnings && <Sheet warnings={warnings} busy={busy} onPublish={() => { void publish(); }} onClose={() => { setWarnings(null); }} />}
      </Modal>
    </>
  );
}

function Sheet({ warnings, busy, onPublish, onClose }: { warnings: Finding[]; busy: boolean; onPublish(): void; onClose(): void }) {
  const { t } = useTranslation();
  const say = useSaid();
  const sayTrigger = useTriggerWords();
  const { definition } = useDraft();
  const { display, audience } = filled(definition as Partial<AutoMessage>);
  const where = display.page.include.length === 0 ? t('autoMessages.where.every') : display.page.include.map(({ pattern }) => pattern).join(', ');
  return (
    <Stack gap="sm">
      <Text size="sm">{t('autoMessages.publish.what')}</Text>
      <dl className="facts">
        <div><dt>{t('autoMessages.sections.where')}</dt><dd>{where}</dd></div>
        <div><dt>{t('autoMessages.sections.when')}</dt><dd>{sayTrigger(display.trigger)}</dd></div>
        <div><dt>{t('autoMessages.sections.who')}</dt><dd>{t(audience ? 'autoMessages.who.some' : 'autoMessages.who.all')}</dd></div>
      </dl>
      {warnings.map((finding) => <Alert key={finding.path + finding.code} color="orange" variant="light" py={6}><Text size="sm">{say(finding)}</Text></Alert>)}
      <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t('confirm.cancel')}</Button><Button loading={busy} data-autofocus onClick={onPublish}>{t('autoMessages.publish.now')}</Button></Group>
    </Stack>
  );
}

type Act = 'duplicate' | 'copyFile' | 'stop' | 'archive' | 'delete';

function More({ campaign }: { campaign: Api<'Campaign'> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { flush } = useDraft();
  const [asked, setAsked] = useState<Exclude<Act, 'duplicate' | 'copyFile'> | null>(null);
  const [refusal, setRefusal] = useState('');
  const [note, setNote] = useState('');
  const { id, state } = campaign;
  const path = { params: { path: { id } } };
  const acts: Act[] = ['duplicate', 'copyFile', ...(state === 'active' || state === 'paused' || state === 'draining' ? ['stop' as const] : []), ...(state === 'stopped' || (state === 'draft' && campaign.currentVersion) ? ['archive' as const] : []), ...(state === 'draft' && !campaign.currentVersion ? ['delete' as const] : [])];
  const run = async (act: Act) => {
    setRefusal('');
    setNote('');
    try {
      if (act === 'copyFile') {
        await flush();
        await copyAsFile('campaign', id);
        setNote(t('launch.copiedFile'));
        return;
      }
      if (act === 'duplicate') {
        await flush();
        const copy = await answer(api.POST('/v1/campaigns/{id}/duplicate', { ...path, body: { name: t('autoMessages.act.copyName', { name: campaign.name.slice(0, 180) }) } }));
        await navigate({ to: '/auto-messages/$id', params: { id: copy.id }, search: {} });
      } else if (act === 'stop') queries.setQueryData(['campaign', id], (await answer(api.POST('/v1/campaigns/{id}/stop', path))).campaign);
      else if (act === 'archive') queries.setQueryData(['campaign', id], await answer(api.POST('/v1/campaigns/{id}/archive', path)));
      else {
        await api.DELETE('/v1/campaigns/{id}', path);
        await navigate({ to: '/auto-messages', search: {} });
      }
      void queries.invalidateQueries({ queryKey: ['auto-messages'] });
      setAsked(null);
    } catch (error) {
      setRefusal(messageOf(error));
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon variant="default" size="lg" aria-label={t('autoMessages.act.more')}><IconDots size={18} aria-hidden /></ActionIcon></Menu.Target>
        <Menu.Dropdown>{acts.map((act) => <Menu.Item key={act} onClick={() => { setRefusal(''); if (act === 'duplicate' || act === 'copyFile') void run(act); else setAsked(act); }}>{act === 'copyFile' ? t('launch.copyFile') : t(`autoMessages.act.${act}`)}</Menu.Item>)}</Menu.Dropdown>
      </Menu>
      {note && <Text size="sm" c="dimmed" role="status" maw={260}>{note}</Text>}
      {refusal && asked === null && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      <Modal opened={asked !== null} onClose={() => { setAsked(null); }} title={asked && t(`autoMessages.act.${asked}Title`, { name: campaign.name })} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {asked && (
          <Stack>
            <Text size="sm">{t(`autoMessages.act.${asked}Text`)}</Text>
            {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
            <Group justify="flex-end"><Button variant="default" onClick={() => { setAsked(null); }}>{t('confirm.cancel')}</Button><Button color="red" onClick={() => { void run(asked); }}>{t(`autoMessages.act.${asked}`)}</Button></Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
