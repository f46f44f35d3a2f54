import { Alert, Button, Checkbox, FileInput, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useSaid } from '../../../lib/said.ts';
import { ConfirmButton } from '../../../ui/confirm.tsx';
import { Section } from '../kit/parts.tsx';
import { PlanView } from './plan-view.tsx';

type Plan = Api<'FilesPlan'>;
/** What was planned with what: another text is another plan. */
interface Seen { plan: Plan; body: { files: { path: string; content: string }[]; publish: boolean; others: 'ignore' | 'remove' } }

/** What takes something away asks first. */
function ApplyButton({ plan, isBusy, onApply }: { plan: Plan; isBusy: boolean; onApply(): Promise<void> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const action = t('files.applyNow', { count: plan.changes, shown: format.number(plan.changes) });
  const going = plan.others.filter(({ does }) => does !== 'keep');
  if (going.length === 0) return <Button loading={isBusy} onClick={() => { void onApply(); }}>{action}</Button>;
  return <ConfirmButton title={t('files.removeTitle', { count: going.length, shown: format.number(going.length) })} action={action} typed={null} onConfirm={onApply}>{t('files.removeSure', { names: going.map(({ name }) => name).join(', ') })}</ConfirmButton>;
}

/** Files or a pasted text, what they would change, and making it so. */
export function ApplyFiles() {
  const { t } = useTranslation();
  const said = useSaid();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<File[]>([]);
  const [text, setText] = useState('');
  const [publish, setPublish] = useState(false);
  const [remove, setRemove] = useState(false);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [done, setDone] = useState<Api<'FilesApplied'> | null>(null);
  const [refusal, setRefusal] = useState('');
  const [isBusy, setBusy] = useState(false);
  const result = useRef<HTMLDivElement>(null);
  const changing = <T,>(set: (next: T) => void) => (next: T) => { set(next); setSeen(null); setDone(null); setRefusal(''); };
  const busy = async (work: () => Promise<void>) => {
    setBusy(true);
    setRefusal('');
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setRefusal(error.message);
    } finally {
      setBusy(false);
    }
  };
  const plan = () => busy(async () => {
    const files = await Promise.all(chosen.map(async (file) => ({ path: file.name.normalize('NFC'), content: await file.text() })));
    const body = { files: [...files, ...(text.trim() === '' ? [] : [{ path: t('files.pasted'), content: text }])], publish, others: remove ? 'remove' as const : 'ignore' as const };
    setDone(null);
    setSeen({ plan: await answer(api.POST('/v1/files/plan', { body })), body });
    result.current?.focus();
  });
  const apply = ({ body, plan: { digest } }: Seen) => busy(async () => {
    setDone(await answer(api.POST('/v1/files/apply', { body: { ...body, digest } })));
    setSeen(null);
    await queries.invalidateQueries();
    result.current?.focus();
  });
  return (
    <Section title={t('files.apply')} hint={t('files.applyHint')}>
      <FileInput multiple clearable clearButtonProps={{ 'aria-label': t('files.clear') }} accept=".yaml,.yml" label={t('files.choose')} placeholder={t('files.chooseHint')} value={chosen} onChange={changing(setChosen)} />
      <Textarea label={t('files.paste')} description={t('files.pasteHint')} autosize minRows={4} maxRows={16} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} value={text} onChange={(event) => { changing(setText)(event.currentTarget.value); }} />
      <Checkbox label={t('files.publish')} description={t('files.publishHint')} checked={publish} onChange={(event) => { changing(setPublish)(event.currentTarget.checked); }} />
      <Checkbox label={t('files.remove')} description={t('files.removeHint')} checked={remove} onChange={(event) => { changing(setRemove)(event.currentTarget.checked); }} />
      <Group><Button variant={seen ? 'default' : 'filled'} loading={isBusy} disabled={chosen.length === 0 && text.trim() === ''} onClick={() => { void plan(); }}>{t('files.plan')}</Button></Group>
      <Stack ref={result} tabIndex={-1} style={{ outline: 'none' }} aria-live="polite">
        {refusal && <Alert color="red" role="alert" title={t('files.refused')}>{refusal}</Alert>}
        {seen && <PlanView plan={seen.plan} />}
        {seen?.plan.valid && seen.plan.changes > 0 && <Group><ApplyButton plan={seen.plan} isBusy={isBusy} onApply={() => apply(seen)} /></Group>}
        {done && (
          <Alert color="green" title={t('files.done')}>
            {done.published.map(({ key, version, refused }) => <Text size="sm" key={key}>{refused ? t('files.notPublished', { key, why: said(refused) }) : t('files.published', { key, version: String(version) })}</Text>)}
          </Alert>
        )}
      </Stack>
    </Section>
  );
}
