import { Checkbox, Group, NumberInput, Select, Switch } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { TimeField } from '../../ui/time-fields.tsx';

const NUMBERS = ['spreadMinutes', 'everyMonths', 'aheadDays', 'waitDays', 'perDay'] as const;
/** What a form gives a field. */
type Props = ReturnType<UseFormReturnType<Record<string, unknown>>['getInputProps']>;
const isNumber = (name: string): name is (typeof NUMBERS)[number] => NUMBERS.some((one) => one === name);

/** One parameter of a rule, as what it is: channels, people, a time of day, a number, yes or no. @param of the rule, for who hears only the field */
export function Parameter({ name, of, props }: { name: string; of: string; props: Props }) {
  const { t } = useTranslation();
  if (name === 'channels') {
    return <Checkbox.Group label={t('rules.parameters.channels')} {...props}><Group mt={4}>{(['email', 'in_app'] as const).map((channel) => <Checkbox key={channel} value={channel} label={t(`rules.channels.${channel}`)} aria-label={`${of}: ${t(`rules.channels.${channel}`)}`} />)}</Group></Checkbox.Group>;
  }
  if (name === 'recipients') return <Select label={t('rules.parameters.recipients')} aria-label={`${of}: ${t('rules.parameters.recipients')}`} allowDeselect={false} data={(['all', 'korean'] as const).map((value) => ({ value, label: t(`rules.recipients.${value}`) }))} {...props} />;
  if (name === 'from' || name === 'to') return <TimeField label={t(`rules.parameters.${name}`)} aria-label={`${of}: ${t(`rules.parameters.${name}`)}`} {...props} />;
  if (isNumber(name)) return <NumberInput label={t(`rules.parameters.${name}`)} aria-label={`${of}: ${t(`rules.parameters.${name}`)}`} min={0} allowDecimal={false} w={180} {...props} />;
  if (name === 'strict') return <Switch label={t('rules.parameters.strict')} {...props} />;
  return null;
}
