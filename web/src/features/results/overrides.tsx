import { Button, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { ActButton, Dialog, useAct } from '../settings/kit/parts.tsx';

type Override = Api<'ExperimentOverride'>;
const nameOf = ({ name, email, externalId, personId }: Override): string => name ?? email ?? externalId ?? personId;

/** People who were given a version of this test by hand, to try it out. */
export function Overrides({ result: { experimentId: id, arms } }: { result: Api<'ExperimentResult'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const [opened, setOpened] = useState(false);
  const found = useQuery({ queryKey: ['overrides', id], queryFn: () => answer(api.GET('/v1/experiments/{id}/overrides', { params: { path: { id }, query: { limit: 200 } } })) });
  const users = useQuery({ queryKey: ['users'], queryFn: () => answer(api.GET('/v1/users', { params: { query: { limit: 200 } } })), staleTime: 60_000, enabled: (found.data?.items.length ?? 0) > 0 });
  const after = () => Promise.all([['overrides', id], ['results']].map((queryKey) => queries.invalidateQueries({ queryKey })));
  if (!found.data) return null;
  const { items } = found.data;
  const by = (actor: string) => users.data?.items.find((user) => `user:${user.id}` === actor)?.name ?? null;
  return (
    <Stack gap="xs" component="section" aria-label={t('results.overrides.title')}>
      {items.length > 0 && (
        <>
          <Title order={3} size="h6">{t('results.overrides.title')}</Title>
          <DataTable<Override> caption={t('results.overrides.title')} items={items} keyOf={(one) => one.id} columns={[
            { key: 'person', label: t('results.overrides.person'), cell: (one) => <TextLink to="/people/$id" params={{ id: one.personId }} size="sm" underline="always">{nameOf(one)}</TextLink> },
            { key: 'variant', label: t('results.variant'), cell: ({ variant }) => <Text size="sm" fw={600}>{variant}</Text> },
            { key: 'since', label: t('results.overrides.since'), cell: ({ setAt, setBy }) => <><Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.instant(setAt)}</Text>{by(setBy) && <Text size="xs" c="dimmed">{by(setBy)}</Text>}</> },
            ...(canEdit ? [{ key: 'undo', label: t('results.overrides.actions'), cell: (one: Override) => <ActButton label={t('results.overrides.undo')} name={`${t('results.overrides.undo')}: ${nameOf(one)}`} onAct={async () => { await answer(api.DELETE('/v1/experiments/{id}/overrides/{person}', { params: { path: { id, person: one.personId } } })); await after(); }} /> }] : []),
          ]} />
        </>
      )}
      {canEdit && <div><Button size="xs" variant="default" onClick={() => { setOpened(true); }}>{t('results.overrides.give')}</Button></div>}
      <Dialog opened={opened} onClose={() => { setOpened(false); }} title={t('results.overrides.give')}><Give id={id} arms={arms.map(({ key }) => key)} onDone={async () => { setOpened(false); await after(); }} /></Dialog>
    </Stack>
  );
}

function Give({ id, arms, onDone }: { id: string; arms: string[]; onDone(): Promise<unknown> }) {
  const { t } = useTranslation();
  const [person, setPerson] = useState<string>();
  const [variant, setVariant] = useState(arms[0]!);
  const { busy, refusal, act } = useAct();
  const give = () => act(async () => { await answer(api.PUT('/v1/experiments/{id}/overrides/{person}', { params: { path: { id, person: person! } }, body: { variant } })); await onDone(); });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void give(); }}>
      <Stack>
        <Text size="sm">{t('results.overrides.hint')}</Text>
        <PersonPicker label={t('results.overrides.person')} value={person} onChange={setPerson} />
        <Select label={t('results.variant')} allowDeselect={false} data={arms} value={variant} onChange={(next) => { if (next) setVariant(next); }} />
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <div><Button type="submit" loading={busy} disabled={!person}>{t('results.overrides.giveIt')}</Button></div>
      </Stack>
    </form>
  );
}
