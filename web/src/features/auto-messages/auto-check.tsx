import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { answer, api } from '../../lib/api.ts';
import { useDraft } from '../campaigns/draft/draft-context.tsx';
import type { Finding } from './findings.tsx';

interface AutoCheck {
  /** What publishing would say of the draft as it was last saved. What is only not written yet is left out until somebody wanted to publish. */
  findings: Finding[];
  /** Somebody wanted to publish: from now on gaps are said too. */
  isAsked: boolean;
  /** Asks anew, of what is saved now. */
  ask(): Promise<Finding[]>;
}

const Context = createContext<AutoCheck>({ findings: [], isAsked: false, ask: () => Promise.resolve([]) });
export const useAutoCheck = () => use(Context);

const look = async (id: string) => (await answer(api.POST('/v1/campaigns/{id}/check', { params: { path: { id } } }))).findings;

/** The checks of one auto message, asked again whenever it was saved. */
export function AutoCheckProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { campaign: { id, revision }, readOnly } = useDraft();
  const [isAsked, setAsked] = useState(false);
  const checked = useQuery({ queryKey: ['auto-check', id, revision], queryFn: () => look(id), placeholderData: keepPreviousData, enabled: !readOnly, staleTime: Infinity });
  const all = checked.data;
  const value = useMemo((): AutoCheck => ({
    findings: (all ?? []).filter(({ code }) => isAsked || code !== 'not-written'), isAsked,
    ask: async () => {
      setAsked(true);
      const findings = await look(id);
      const saved = queries.getQueryData<{ revision: number }>(['campaign', id]);
      queries.setQueryData(['auto-check', id, saved?.revision ?? revision], findings);
      return findings;
    },
  }), [all, isAsked, id, revision, queries]);
  return <Context value={value}>{children}</Context>;
}
