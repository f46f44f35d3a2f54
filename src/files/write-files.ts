import { lean, ordered, plain } from './domain/canonical.js';
import { formatOf, pathOf, type FileText } from './domain/kinds.js';
import { withKeys } from './domain/named.js';
import { yamlOf } from './domain/yaml-text.js';
import { Forms } from './forms.js';
import { hasEnded, type Environment, type Kept } from './load-kept.js';

/** The canonical text of one thing: the same for the same content, whatever the order in which it was stored. */
export function fileOf({ kind, key, content }: Pick<Kept, 'kind' | 'key' | 'content'>, { keyOf }: Pick<Environment, 'keyOf'>): FileText {
  const { published, ...said } = plain(content) as Record<string, unknown>;
  const short = lean(said, (one) => { const { published: _one, ...read } = Forms[kind].parse(one) as Record<string, unknown>; return read; });
  return { path: pathOf(kind, key), content: yamlOf(ordered({ format: formatOf(kind), ...(published === true ? { published } : {}), ...(withKeys(short, keyOf) as object) })) };
}

/** Everything that goes on, in order of its path. What has ended is no longer told of. */
export function filesOf(environment: Environment): FileText[] {
  const living = [...environment.kept.values()].filter(({ campaign }) => !campaign || !hasEnded(campaign));
  return living.map((one) => fileOf(one, environment)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
