import { lazy, Suspense, type ComponentProps } from 'react';
import { needWords } from '../../i18n/index.ts';
import { Loading } from '../../ui/states.tsx';

const Panel = lazy(async () => {
  const [{ ExplainPanel }] = await Promise.all([import('./explain-panel.tsx'), needWords('explain', 'segments', 'reasons')]);
  return { default: ExplainPanel };
});

/** What explain knows, loaded with its words when it is first wanted. */
export const ExplainLazily = (asked: ComponentProps<typeof Panel>) => <Suspense fallback={<Loading rows={4} />}><Panel {...asked} /></Suspense>;
