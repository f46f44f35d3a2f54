import { Badge, Fieldset, Group, Stack, Switch, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { ActButton, Section } from './kit/parts.tsx';
import { SaveBar, useSavedForm, type SavedForm } from './kit/saved-form.tsx';
import { Parameter } from './rule-parameters.tsx';

type Rules = Api<'SendingRuleList'>;
type Rule = Rules['items'][number];
interface Value { on: boolean; parameters: Record<string, unknown> }
type Values = Record<string, Value>;

/** What belongs together for a reader; what is new on the server comes last until it has a place. */
const GROUPS = {
  quiet: ['night_gate', 'frequency_preference', 'display_limit'],
  korean: ['ad_label', 'sender_identity', 'opt_out_notice', 'consent_confirmation'],
  every: ['verified_sender', 'transactional_reason', 'promotional_signs', 'one_click_unsubscribe'],
} as const satisfies Record<string, readonly Rule['key'][]>;

const valuesOf = ({ items }: Rules): Values => Object.fromEntries(items.map(({ key, on, parameters }) => [key, { on, parameters }]));
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The rules of sending with their switches: quiet hours and caps, what Korean law asks for, and the rest. Saved together. */
export function RulesForm({ rules, canEdit }: { rules: Rules; canEdit: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const places = Object.fromEntries(rules.items.flatMap(({ key, parameters }) => [[`rules.${key}`, key], ...Object.keys(parameters).map((name) => [`rules.${key}.parameters.${name}`, `${key}.parameters.${name}`])]));
  const saved = useSavedForm<Values>({
    initial: valuesOf(rules), places,
    save: async (values) => {
      const before = valuesOf(rules);
      const changed = Object.fromEntries(Object.entries(values).filter(([key, value]) => !isSame(value, before[key])).map(([key, { on, parameters }]) => [key, { ...(on === before[key]!.on ? {} : { on }), parameters }]));
      queries.setQueryData(['sending-rules'], await answer(api.PATCH('/v1/sending-rules', { body: { rules: changed } as never })));
    },
  });
  const restore = async (key: Rule['key']) => {
    const next = await answer(api.PATCH('/v1/sending-rules', { body: { rules: { [key]: null } } as never }));
    queries.setQueryData(['sending-rules'], next);
    const values = valuesOf(next);
    saved.form.setFieldValue(key, values[key]!);
    saved.form.resetDirty(values);
  };
  return (
    <form onSubmit={saved.submit} noValidate>
      <Fieldset variant="unstyled" disabled={!canEdit}>
        <Stack gap="lg">
          {(['quiet', 'korean', 'every'] as const).map((group) => (
            <Section key={group} title={t(`rules.groups.${group}`)} hint={group === 'korean' ? t(rules.korean ? 'rules.koreanHere' : 'rules.koreanElsewhere') : t(`rules.hints.${group}`)}>
              {rules.items.filter(({ key }) => GROUPS[group].some((one) => one === key)).map((rule) => <OneRule key={rule.key} rule={rule} form={saved.form} onRestore={canEdit ? () => restore(rule.key) : null} />)}
            </Section>
          ))}
          {canEdit && <SaveBar state={saved.state} refusal={saved.refusal} label={t('rules.save')} />}
        </Stack>
      </Fieldset>
    </form>
  );
}

function OneRule({ rule, form, onRestore }: { rule: Rule; form: SavedForm<Values>['form']; onRestore: (() => Promise<void>) | null }) {
  const { t, i18n } = useTranslation();
  const said = (words: { en: string; ko: string }) => (i18n.language === 'ko' ? words.ko : words.en);
  const isFixed = rule.initially === 'fixed';
  return (
    <Stack gap="xs" component="article" aria-label={said(rule.title)}>
      <Group justify="space-between" gap="sm">
        <Title order={3} size="h5">{said(rule.title)}</Title>
        {isFixed ? <Badge variant="light" color="gray">{t('rules.fixed')}</Badge> : <Switch label={t('rules.on')} aria-label={`${said(rule.title)}: ${t('rules.on')}`} {...form.getInputProps(`${rule.key}.on`, { type: 'checkbox' })} />}
      </Group>
      <Text size="sm" maw={760}>{said(rule.text)}</Text>
      <Text size="xs" c="dimmed">{said(rule.because)}</Text>
      <Group gap="md" align="flex-end">{Object.keys(rule.parameters).map((name) => <Parameter key={name} name={name} of={said(rule.title)} props={form.getInputProps(`${rule.key}.parameters.${name}`, name === 'strict' ? { type: 'checkbox' } : {})} />)}</Group>
      {form.errors[rule.key] && <Text size="sm" c="red" role="alert">{form.errors[rule.key]}</Text>}
      <details><Text component="summary" size="xs">{t('rules.sources')}</Text>{rule.sources.map(({ name, says }) => <Text key={`${name} ${says}`} size="xs" c="dimmed"><b>{name}</b> – {says}</Text>)}</details>
      {rule.set && onRestore && <Group gap="xs"><ActButton size="compact-xs" variant="subtle" label={t('rules.restore')} name={`${t('rules.restore')}: ${said(rule.title)}`} onAct={onRestore} /></Group>}
    </Stack>
  );
}
