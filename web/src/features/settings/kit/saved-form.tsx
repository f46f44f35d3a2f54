import { Button, Group, Text } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../../lib/api.ts';
import { useUnsaved } from './unsaved.tsx';

type Values = Record<string, unknown>;
type Checks<V> = { [K in keyof V]?: (value: V[K], values: V) => string | null };

export interface SavedForm<V extends Values> {
  form: UseFormReturnType<V>;
  submit(event: FormEvent<HTMLFormElement>): void;
  state: 'clean' | 'dirty' | 'saving' | 'saved';
  /** What was refused and belongs to no field. */
  refusal: string;
}

interface Asked<V extends Values> {
  initial: V;
  /** What is not worth a request: said at the field at once. */
  checks?: Checks<V>;
  /** Places the server names, where they differ from the name of the field. */
  places?: Record<string, keyof V & string>;
  save(values: V): Promise<unknown>;
  /** A dialog is left on purpose; only a page asks. */
  inDialog?: boolean;
}

/** A form that is saved when asked: the server's words stand at the field they are about, the rest at the button. */
export function useSavedForm<V extends Values>({ initial, checks, places = {}, save, inDialog = false }: Asked<V>): SavedForm<V> {
  const { t } = useTranslation();
  const form = useForm<V>({ mode: 'controlled', initialValues: initial, validate: (checks ?? {}) as never });
  const [done, setDone] = useState<'no' | 'saving' | 'saved'>('no');
  const [refusal, setRefusal] = useState('');
  const isDirty = form.isDirty();
  useUnsaved(isDirty && !inDialog);
  const refuse = (error: unknown) => {
    if (!(error instanceof ApiProblem)) { setRefusal(t('state.failed')); return; }
    const { fields, rest } = atFields(error, Object.keys(initial), places);
    form.setErrors(fields);
    setRefusal(Object.keys(fields).length === 0 ? error.message : rest.join(' '));
    const [first] = Object.keys(fields);
    if (first !== undefined) form.getInputNode(first as never)?.focus();
  };
  const submit = form.onSubmit((values) => {
    setDone('saving');
    setRefusal('');
    save(values).then(() => { form.resetDirty(); setDone('saved'); }, (error: unknown) => { setDone('no'); refuse(error); });
  }, (errors) => {
    const [first] = Object.keys(errors);
    if (first !== undefined) form.getInputNode(first as never)?.focus();
  });
  return { form, submit, refusal, state: done === 'saving' ? 'saving' : isDirty ? 'dirty' : done === 'saved' ? 'saved' : 'clean' };
}

/** `allowedOrigins.2: must be …` belongs to the field allowedOrigins; the longest field whose path leads there. */
function atFields({ problems }: ApiProblem, names: string[], places: Record<string, string>) {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const problem of problems) {
    const known = [...Object.keys(places), ...names].filter((name) => problem.path === name || problem.path.startsWith(`${name}.`)).toSorted((a, b) => b.length - a.length)[0];
    const field = known === undefined ? undefined : places[known] ?? known;
    if (field === undefined) rest.push(`${problem.path}: ${problem.message}`);
    else fields[field] ??= /\.\d+$/.test(problem.path) ? `${Number(problem.path.split('.').at(-1)) + 1}: ${problem.message}` : problem.message;
  }
  return { fields, rest };
}

/** The button of a form and, beside it, what became of what was typed. */
export function SaveBar({ state, refusal, label, onCancel }: Pick<SavedForm<Values>, 'state' | 'refusal'> & { label?: string; onCancel?: () => void }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" mt="xs" justify={onCancel ? 'flex-end' : 'flex-start'}>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      {onCancel && <Button variant="default" onClick={onCancel}>{t('confirm.cancel')}</Button>}
      <Button type="submit" loading={state === 'saving'}>{label ?? t('settings.save')}</Button>
      {!onCancel && <Text size="sm" c="dimmed" component="output">{state === 'dirty' ? t('settings.dirty') : state === 'saved' ? t('settings.saved') : ''}</Text>}
    </Group>
  );
}
