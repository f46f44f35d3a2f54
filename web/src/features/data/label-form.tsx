import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ApiProblem } from '../../lib/api.ts';
import { useLabels, type LabelKind } from '../../lib/labels.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { Labelled } from '../../ui/labelled.tsx';

/** What an event or attribute is called, and the way to change that for who may. */
export function LabelCell({ kind, name }: { kind: LabelKind; name: string }) {
  const { t } = useTranslation();
  const canEdit = mayEdit(useMe()) && !name.startsWith('$');
  const label = useLabels().find(kind, name);
  const [opened, setOpened] = useState(false);
  return (
    <Stack gap={2} align="flex-start">
      <Text size="sm" component="span"><Labelled kind={kind} name={name} /></Text>
      {label?.description && <Text size="xs" c="dimmed" maw={320}>{label.description}</Text>}
      {canEdit && <Button size="compact-xs" variant="subtle" aria-label={`${t(label ? 'data.label.change' : 'data.label.give')}: ${name}`} onClick={() => { setOpened(true); }}>{t(label ? 'data.label.change' : 'data.label.give')}</Button>}
      <Modal opened={opened} onClose={() => { setOpened(false); }} title={t('data.label.of', { name })} closeButtonProps={{ 'aria-label': t('confirm.close') }}>{opened && <LabelForm kind={kind} name={name} onClose={() => { setOpened(false); }} />}</Modal>
    </Stack>
  );
}

function LabelForm({ kind, name, onClose }: { kind: LabelKind; name: string; onClose(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const label = useLabels().find(kind, name);
  const [values, setValues] = useState({ en: label?.en ?? '', ko: label?.ko ?? '', description: label?.description ?? '' });
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const isEmpty = Object.values(values).every((value) => value.trim() === '');
  const params = { params: { path: { kind, key: name } } };
  const save = async () => {
    if (isEmpty && !label) { setRefusal(t('data.label.nothing')); return; }
    setBusy(true);
    try {
      await (isEmpty ? api.DELETE('/v1/labels/{kind}/{key}', params) : api.PUT('/v1/labels/{kind}/{key}', { ...params, body: values }));
      await queries.invalidateQueries({ queryKey: ['labels'] });
      // Their sentences name it.
      for (const key of ['segments', 'segment', 'condition-words']) void queries.invalidateQueries({ queryKey: [key] });
      onClose();
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
      setBusy(false);
    }
  };
  const put = (key: keyof typeof values) => (event: { currentTarget: { value: string } }) => { setValues({ ...values, [key]: event.currentTarget.value }); setRefusal(''); };
  return (
    <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Stack>
        <Text size="sm" c="dimmed">{t('data.label.hint')}</Text>
        <TextInput data-autofocus label={t('data.label.en')} value={values.en} maxLength={100} onChange={put('en')} />
        <TextInput label={t('data.label.ko')} value={values.ko} maxLength={100} onChange={put('ko')} />
        <Textarea label={t('data.label.description')} value={values.description} maxLength={1000} autosize minRows={2} onChange={put('description')} />
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t('confirm.cancel')}</Button><Button type="submit" loading={busy}>{t('data.label.save')}</Button></Group>
      </Stack>
    </form>
  );
}
