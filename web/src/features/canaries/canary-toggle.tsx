import { useTranslation } from 'react-i18next';
import { mayEdit, useMe } from '../../lib/me.ts';
import { ActButton } from '../settings/kit/parts.tsx';
import { addCanary, removeCanary, useCanaries, useCanariesChanged } from './use-canaries.ts';

/** Marks the person as a canary, or takes them off the list. */
export function CanaryToggle({ person }: { person: string }) {
  const { t } = useTranslation();
  const changed = useCanariesChanged();
  const found = useCanaries();
  if (!mayEdit(useMe()) || !found.data) return null;
  const isOne = found.data.items.some(({ personId }) => personId === person);
  return <ActButton size="sm" label={t(isOne ? 'canaries.unmark' : 'canaries.mark')} onAct={async () => { await (isOne ? removeCanary : addCanary)(person); await changed(); }} />;
}
