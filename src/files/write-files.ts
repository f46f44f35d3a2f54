import { lean, ordered, plain } from './domain/canonical.js';
import { formatOf, isSingle, pathOf, type FileText } from './domain/kinds.js';
import { withKeys } from './domain/named.js';
import { yamlOf } from './domain/yaml-text.js';
import { Forms, type Content } from './forms.js';
import { type Environment, type Kept } from './load-kept.js';

/** The canonical text of one thing: the same for the same content, whatever the order in which it was stored. */
export function fileOf({ kind, key, content }: Pick<Kept, 'kind' | 'key' | 'content'>, { keyOf }: Pick<Environment, 'keyOf'>): FileText {
  const { published, ...whole } = plain(content) as Record<string, unknown>;
  const { key: _key, name: _name, ...single } = whole;
  const said = isSingle(kind) ? single : whole;
  const short = lean(said, (one) => { const { published: _one, ...read } = Forms[kind].parse(one) as Record<string, unknown>; if (!isSingle(kind)) return read; const { key: _k, name: _n, ...rest } = read; return rest; });
  return { path: pathOf(kind, key), content: yamlOf(ordered({ format: formatOf(kind), ...(published === true ? { published } : {}), ...(withKeys(short, keyOf) as object) })) };
}

/** No label, or no setting but what is so at first. */
const saysNothing = ({ key: _key, name: _name, ...said }: Content): boolean => Object.values(said).every((part) => part === undefined || (Array.isArray(part) && part.length === 0));

/** Everything that goes on, in order of its path. What has ended is no longer told of. */
export function filesOf(environment: Environment): FileText[] {
  const living = [...environment.kept.values()].filter(({ ended, kind, content }) => ended === undefined && !(isSingle(kind) && saysNothing(content)));
  return living.map((one) => fileOf(one, environment)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
