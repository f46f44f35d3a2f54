import { compileSome } from './compile.js';
import { kindOf } from './leaves/leaf-kinds.js';
import { leavesOf, type Resolved } from './resolved.js';

/**
 * What a definition reads, as `attribute:plan`, `event:login`, `tag:vip` …: a change that names none of it cannot change the
 * answer. A definition that a person of whom nothing is known satisfies also reads `attribute:$created`: somebody new
 * matches it without anything else being said.
 */
export function readsOf(tree: Resolved): ReadonlySet<string> {
  const reads = leavesOf(tree).flatMap((leaf) => kindOf(leaf).reads(leaf));
  return new Set(matchesUnknownPerson(tree) ? [...reads, 'attribute:$created'] : reads);
}

/** Whether the answer is made of what campaigns did to people, which is announced only when somebody reads it. */
export const readsEngagement = (reads: ReadonlySet<string>): boolean => [...reads].some((key) => key === 'campaign' || key.startsWith('campaign:'));

function matchesUnknownPerson(tree: Resolved): boolean {
  switch (tree.type) {
    case 'all': return tree.of.every(matchesUnknownPerson);
    case 'any': return tree.of.some(matchesUnknownPerson);
    case 'not': return !matchesUnknownPerson(tree.of);
    case 'segment': return matchesUnknownPerson(tree.of) === (tree.op === 'in');
    default: return kindOf(tree).unknown(tree);
  }
}

/** Whether the answer depends on the zone of the workspace: then the same question binds other values in another zone. */
export function readsWorkspaceZone(tree: Resolved): boolean {
  const asked = ['UTC', 'Pacific/Kiritimati'].map((timeZone) => JSON.stringify(compileSome(tree, [], { now: new Date(0), timeZone }).values));
  return asked[0] !== asked[1];
}
