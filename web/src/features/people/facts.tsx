import { ActionIcon, Badge, Button, Card, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { IconX } from '../../ui/icons.ts';
import { Labelled } from '../../ui/labelled.tsx';
import { Listing } from '../../ui/listing.tsx';

/** Changes a person and shows what came of it; what the server refuses is said at the field. */
function useChange(id: string) {
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState('');
  const change = async (call: Promise<{ data?: Api<'Person'> }>): Promise<boolean> => {
    try {
      const next = await answer(call);
      // The page may know them by another of their ids.
      queries.setQueriesData<Api<'Person'>>({ queryKey: ['person'] }, (before) => (before?.id === next.id ? next : before));
      for (const key of ['person-segments', 'attribute-history']) void queries.invalidateQueries({ queryKey: [key, id] });
      setRefusal('');
      return true;
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : '');
      return false;
    }
  };
  return { change, refusal };
}

/** A number, true, false, a list or an object as such; everything else is a text. */
function valueOf(text: string): unknown {
  if (/^(true|false|-?\d+(\.\d+)?|\[.*\]|\{.*\})$/s.test(text.trim())) {
    try { return JSON.parse(text) as unknown; } catch { return text; }
  }
  return text;
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What is known of a person: each attribute with its history, to change, to remove, and new ones. */
export function Attributes({ person }: { person: Api<'Person'> }) {
  const { t } = useTranslation();
  const canEdit = mayEdit(useMe());
  const { change, refusal } = useChange(person.id);
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [history, setHistory] = useState<string | null>(null);
  const put = (name: string, next: unknown) => change(api.PATCH('/v1/people/{id}', { params: { path: { id: person.id } }, body: { attributes: { [name]: next } as never } }));
  const entries = Object.entries(person.attributes);
  const add = async () => { if (key.trim() !== '' && (await put(key.trim(), valueOf(value)))) { setKey(''); setValue(''); } };
  return (
    <Card withBorder padding="sm">
      <Stack gap="sm">
        {entries.length === 0 ? <Text c="dimmed">{t('state.none')}</Text> : <dl className="facts">{entries.map(([name, known]) => (
          <div key={name}>
            <dt><Labelled kind="attribute" name={name} /></dt>
            <dd><Group gap={6} justify="space-between" wrap="nowrap">
              {typeof known === 'string' ? <span>{known}</span> : <Code>{JSON.stringify(known)}</Code>}
              <Group gap={4} wrap="nowrap"><Button size="compact-xs" variant="subtle" aria-label={t('people.historyOf', { name })} onClick={() => { setHistory(name); }}>{t('people.history')}</Button>{canEdit && <Button size="compact-xs" variant="subtle" aria-label={t('people.changeOf', { name })} onClick={() => { setKey(name); setValue(textOf(known)); }}>{t('people.change')}</Button>}{canEdit && <ActionIcon size={24} variant="subtle" color="gray" aria-label={t('people.removeOf', { name })} onClick={() => { void put(name, null); }}><IconX size={14} aria-hidden /></ActionIcon>}</Group>
            </Group></dd>
          </div>
        ))}</dl>}
        {canEdit && <form onSubmit={(event) => { event.preventDefault(); void add(); }}><Group gap="xs" align="flex-end"><TextInput size="xs" label={t('people.attribute')} value={key} maxLength={200} onChange={(event) => { setKey(event.currentTarget.value); }} /><TextInput size="xs" label={t('people.value')} value={value} maxLength={1000} onChange={(event) => { setValue(event.currentTarget.value); }} /><Button size="xs" type="submit">{t('people.set')}</Button></Group></form>}
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      </Stack>
      <Modal opened={history !== null} onClose={() => { setHistory(null); }} title={t('people.historyOf', { name: history ?? '' })} size="lg" closeButtonProps={{ 'aria-label': t('confirm.close') }}>{history !== null && <History id={person.id} name={history} />}</Modal>
    </Card>
  );
}

function History({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['attribute-history', id, name], (after) => answer(api.GET('/v1/people/{id}/attributes/{key}/history', { params: { path: { id, key: name }, query: { limit: 20, ...(after ? { after } : {}) } } })));
  return (
    <Listing caption={t('people.historyOf', { name })} list={list} keyOf={(one) => `${one.at} ${one.recordedAt}`} empty={{ title: t('state.none'), hint: '' }} columns={[
      { key: 'at', label: t('deliveries.when'), cell: ({ at }) => format.instant(at) },
      { key: 'value', label: t('people.value'), cell: (one) => (one.value === null ? <Text size="sm" c="dimmed">{t('people.removed')}</Text> : textOf(one.value)) },
      { key: 'source', label: t('people.source'), cell: ({ source }) => source },
    ]} />
  );
}

/** Tags to give and to take. */
export function Tags({ person }: { person: Api<'Person'> }) {
  const { t } = useTranslation();
  const canEdit = mayEdit(useMe());
  const { change, refusal } = useChange(person.id);
  const [tag, setTag] = useState('');
  const params = (name: string) => ({ params: { path: { id: person.id, tag: name } } });
  const add = async () => { if (tag.trim() !== '' && (await change(api.PUT('/v1/people/{id}/tags/{tag}', params(tag.normalize('NFC').trim()))))) setTag(''); };
  return (
    <Stack gap="xs">
      {person.tags.length > 0 ? <Group gap={6}>{person.tags.map((name) => <Badge key={name} variant="light" color="gray" size="lg" rightSection={canEdit && <ActionIcon size={24} variant="transparent" color="gray" aria-label={t('people.removeOf', { name })} onClick={() => { void change(api.DELETE('/v1/people/{id}/tags/{tag}', params(name))); }}><IconX size={12} aria-hidden /></ActionIcon>}>{name}</Badge>)}</Group> : <Text c="dimmed">{t('people.noTags')}</Text>}
      {canEdit && <form onSubmit={(event) => { event.preventDefault(); void add(); }}><Group gap="xs" align="flex-end"><TextInput size="xs" label={t('people.tag')} value={tag} maxLength={100} onChange={(event) => { setTag(event.currentTarget.value); }} /><Button size="xs" type="submit">{t('people.addTag')}</Button></Group></form>}
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </Stack>
  );
}
