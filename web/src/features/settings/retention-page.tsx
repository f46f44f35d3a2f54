import { Alert, Button, Checkbox, Group, List, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { isOwner, useMe } from '../../lib/me.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { OwnersNote, useAct } from './kit/parts.tsx';

type Retention = Api<'Retention'>;
type Preview = Api<'RetentionPreview'>;
type Policy = Retention['policy'];
type Kind = Retention['kinds'][number];

const KEY = ['retention'];
const BYTES = 1024 * 1024;

/** How long what is kept. What goes by a change is shown first, and agreed to by typing its number: it can not be had back. */
export function RetentionPage() {
  const { t } = useTranslation();
  const me = useMe();
  const mayChange = isOwner(me);
  const found = useQuery({ queryKey: KEY, queryFn: () => answer(api.GET('/v1/retention')), enabled: mayChange });
  if (!mayChange) return <Page title={t('settings.places.retention')}><OwnersNote text={t('retention.owners')} /></Page>;
  if (found.isPending) return <Loading />;
  if (found.isError) return <Page title={t('settings.places.retention')}><ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /></Page>;
  return (
    <Page title={t('settings.places.retention')} note={t('retention.note')}>
      {found.data.readers.length > 0 && <Alert color="yellow" title={t('retention.readers', { count: found.data.readers.length })}><Readers readers={found.data.readers} /></Alert>}
      <Form key={JSON.stringify(found.data.policy)} retention={found.data} />
    </Page>
  );
}

function Form({ retention: { policy, kinds } }: { retention: Retention }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [days, setDays] = useState<Policy>(policy);
  const [preview, setPreview] = useState<Preview | null>(null);
  const { busy, refusal, act } = useAct();
  const isChanged = kinds.some(({ kind }) => days[kind] !== policy[kind]);
  const set = (kind: Kind['kind'], value: number | undefined) => {
    setDays(({ [kind]: _before, ...others }) => (value === undefined ? others : { ...others, [kind]: value }));
  };
  return (
    <Stack>
      <DataTable caption={t('settings.places.retention')} items={kinds} keyOf={({ kind }) => kind} columns={[
        { key: 'kind', label: t('retention.kind'), cell: ({ kind }) => <Stack gap={2}><Text size="sm" fw={600}>{t(`retention.kinds.${kind}`)}</Text><Text size="xs" c="dimmed">{t(`retention.hints.${kind}`)}</Text></Stack> },
        { key: 'days', label: t('retention.days'), cell: (kind) => <Days kind={kind} value={days[kind.kind]} onChange={(value) => { set(kind.kind, value); }} /> },
        { key: 'removed', label: t('retention.removed'), numeric: true, cell: ({ removed, removedAt }) => <Stack gap={0} align="flex-end"><Text size="sm">{format.number(removed)}</Text>{removedAt && <Text size="xs" c="dimmed">{format.ago(removedAt)}</Text>}</Stack> },
      ]} />
      <Group justify="flex-end">
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <Button variant="default" disabled={!isChanged} onClick={() => { setDays(policy); }}>{t('confirm.cancel')}</Button>
        <Button loading={busy} disabled={!isChanged} onClick={() => { void act(async () => { setPreview(await answer(api.POST('/v1/retention/preview', { body: { policy: days } }))); }); }}>{t('retention.look')}</Button>
      </Group>
      {preview && <Agree preview={preview} policy={days} onClose={() => { setPreview(null); }} />}
    </Stack>
  );
}

function Days({ kind: { kind, least, most, standard }, value, onChange }: { kind: Kind; value: number | undefined; onChange(value: number | undefined): void }) {
  const { t } = useTranslation();
  const name = t(`retention.kinds.${kind}`);
  return (
    <Group gap="sm" wrap="nowrap">
      <Switch aria-label={t('retention.limit', { name })} checked={value !== undefined} onChange={({ currentTarget }) => { onChange(currentTarget.checked ? (standard ?? Math.max(least, 365)) : undefined); }} />
      {value === undefined ? <Text size="sm">{standard === null ? t('retention.forever') : t('retention.standard', { count: standard })}</Text>
        : <NumberInput w={130} aria-label={t('retention.daysOf', { name })} suffix={t('retention.suffix')} min={least} max={most} clampBehavior="blur" allowDecimal={false} allowNegative={false} value={value} onChange={(given) => { if (typeof given === 'number') onChange(given); }} />}
    </Group>
  );
}

/** The question of no return. Nothing that goes: a click is enough. */
function Agree({ preview, policy, onClose }: { preview: Preview; policy: Policy; onClose(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [despite, setDespite] = useState(false);
  const going = preview.going.filter(({ rows }) => rows > 0);
  const save = async () => {
    await answer(api.PUT('/v1/retention', { body: { policy, agreed: { rows: preview.rows, readers: despite } } }));
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <ConfirmDialog title={t('retention.title')} action={t('retention.save')} typed={preview.rows > 0 ? String(preview.rows) : null} onConfirm={save} onClose={onClose}>
      <Stack gap="sm">
        <Text size="sm">{preview.rows === 0 ? t('retention.nothing') : t('retention.goes', { rows: format.number(preview.rows), megabytes: format.decimal(preview.bytes / BYTES) })}</Text>
        {going.length > 0 && (
          <List size="sm">
            {going.map(({ kind, rows, from, to, kept, isExact }) => (
              <List.Item key={kind}>
                {t('retention.line', { name: t(`retention.kinds.${kind}`), rows: format.number(rows), from: from ? format.day(from) : '', to: to ? format.day(to) : '' })}
                {!isExact && ` ${t('retention.about')}`}
                {kept > 0 && <Text size="xs" c="dimmed">{t('retention.kept', { rows: format.number(kept) })}</Text>}
              </List.Item>
            ))}
          </List>
        )}
        {preview.readers.length > 0 && (
          <Alert color="red" title={t('retention.readers', { count: preview.readers.length })}>
            <Stack gap="xs"><Readers readers={preview.readers} /><Checkbox checked={despite} onChange={({ currentTarget }) => { setDespite(currentTarget.checked); }} label={t('retention.despite')} /></Stack>
          </Alert>
        )}
      </Stack>
    </ConfirmDialog>
  );
}

function Readers({ readers }: { readers: Retention['readers'] }) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm">{t('retention.readersText')}</Text>
      <List size="sm">
        {readers.map(({ id, kind, name, days }) => (
          <List.Item key={id}>
            {kind === 'segment' ? <TextLink size="sm" underline="always" to="/segments/$id" params={{ id }}>{name}</TextLink> : <TextLink size="sm" underline="always" to="/campaigns/$id" params={{ id }}>{name}</TextLink>}{' '}
            {days === null ? t('retention.toFirst') : t('retention.back', { count: days })}
          </List.Item>
        ))}
      </List>
    </>
  );
}
