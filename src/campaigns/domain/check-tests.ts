import type { CampaignDefinition } from '../../contract/campaign.js';
import type { TestPlan } from '../../contract/experiment.js';
import type { SegmentNode } from '../../contract/segment.js';
import { BUCKETS } from '../../kernel/bucket.js';
import { fault, warning, within, type Finding } from './finding.js';
import { decidingGoal, testsOf, type PlacedTest } from './tests.js';

/** Everything that can be found wrong in the tests of a definition without looking anything up. */
export function testFaults(definition: CampaignDefinition): Finding[] {
  return [
    ...(definition.type === 'broadcast' && !definition.external && definition.test ? [fault('test', 'test-place', 'The test of a message stands beside its variants: write it as "message.test".')] : []),
    ...testsOf(definition).flatMap((placed) => (placed.given ? faultsOf(definition, placed, placed.given) : [])),
  ];
}

function faultsOf(definition: CampaignDefinition, { path, arms }: PlacedTest, test: TestPlan): Finding[] {
  const at = within(path, 'test');
  if (arms.length < 2) return [fault(at, 'test-without-arms', 'A test compares at least two arms. Add a variant or a control, or take the test away.')];
  return [...goalFaults(definition, at, test), ...modeFaults(definition, at, test), ...useFaults(definition, at, test), ...unitFaults(definition, at, test), ...sendFaults(at, arms, test)];
}

function goalFaults({ goals }: CampaignDefinition, at: string, test: TestPlan): Finding[] {
  if (goals.length === 0) return [fault(at, 'test-without-goal', 'A test needs a goal that decides. Add one.')];
  const goal = decidingGoal(goals, test);
  if (!goal) return [fault(`${at}.goal`, 'unknown-goal', `There is no goal with the key "${test.goal}". There ${goals.length === 1 ? 'is' : 'are'}: ${goals.map(({ key }) => key).join(', ')}.`)];
  return [
    ...(test.measure === 'amount' && !goal.value ? [fault(`${at}.measure`, 'no-amount', `The goal "${goal.name}" has no amount to compare. Name the property that holds it, or compare how many people reach it.`)] : []),
    ...(test.cap !== undefined && test.measure !== 'amount' ? [fault(`${at}.cap`, 'cap-without-amount', 'A limit of what counts per person is for amounts; this test compares how many people reach the goal.')] : []),
    ...(test.direction === 'lower' && test.lift >= 1 ? [fault(`${at}.lift`, 'lift-below-nothing', 'Where lower is better the lift is a decrease, and nothing can decrease by 100 % or more.')] : []),
    ...(goal.condition && asksForOpens(goal.condition) ? [warning(`${at}.goal`, 'opens-decide', 'Opens include those by machines, which hit all arms alike: differences look smaller than they are and take several times as many people. Let clicks or an event decide.')] : []),
  ];
}

function modeFaults(definition: CampaignDefinition, at: string, { mode, readoutAt }: TestPlan): Finding[] {
  const isExternal = definition.type === 'broadcast' && definition.external;
  const unplannable = mode === 'planned' && isExternal && readoutAt === undefined;
  return [
    ...(definition.type === 'broadcast' && !isExternal && mode !== undefined && mode !== 'single' ? [fault(`${at}.mode`, 'broadcast-mode', 'A broadcast reaches everybody at one time, so there is one read-out, and no way of reading out to choose.')] : []),
    ...(definition.type !== 'broadcast' && mode === 'single' ? [fault(`${at}.mode`, 'series-mode', 'People come here over time, so one read-out for everybody at once is only for broadcasts. Plan the read-out, or leave the test open.')] : []),
    ...(mode === 'open' && readoutAt !== undefined ? [fault(`${at}.readoutAt`, 'open-readout', 'An open test has no read-out. Leave the date out, or plan the test.')] : []),
    ...(unplannable ? [fault(`${at}.readoutAt`, 'no-readout', 'How many people come is not known here, so a planned test needs the date of its read-out.')] : []),
  ];
}

function useFaults(definition: CampaignDefinition, at: string, { autoWinner, send }: TestPlan): Finding[] {
  const isExternal = definition.type === 'broadcast' && definition.external;
  return [
    ...(autoWinner && definition.type === 'broadcast' ? [fault(`${at}.autoWinner`, 'no-new-people', 'Nobody new comes to this broadcast. To send the better one to the rest of the audience, test first and then send the leader.')] : []),
    ...(send && (definition.type !== 'broadcast' || isExternal) ? [fault(`${at}.send`, 'send-not-broadcast', `Test-then-send is for broadcasts${isExternal ? ' that Danbi sends' : '. New people can be given the winner by itself'}.`)] : []),
  ];
}

function unitFaults(definition: CampaignDefinition, at: string, { unit, account }: TestPlan): Finding[] {
  if (unit !== 'account') return account === undefined ? [] : [fault(`${at}.account`, 'account-unused', 'Arms are drawn for people here: leave "account" out, or draw them by account ("unit").')];
  const isExternal = definition.type === 'broadcast' && definition.external;
  return [
    ...(isExternal ? [fault(`${at}.unit`, 'account-external', 'Who is in which arm of an external test is decided elsewhere, so it can not be drawn by account here.')] : []),
    ...(account === undefined ? [fault(`${at}.account`, 'account-missing', 'Name the attribute that says to which account a person belongs, for example company_id.')] : []),
  ];
}

/** A share that nobody or everybody would be in, and versions of which none can be in front. */
function sendFaults(at: string, arms: PlacedTest['arms'], { send }: TestPlan): Finding[] {
  if (!send) return [];
  const points = Math.round(send.share * BUCKETS);
  return [
    ...(points > 0 && points < BUCKETS ? [] : [fault(`${at}.send.share`, 'send-share', 'Give a share between 0.01 % and 99.99 %: some of the audience get the test, the others the version in front.')]),
    ...(arms.filter(({ isControl }) => !isControl).length > 1 ? [] : [fault(`${at}.send`, 'send-one-version', 'With one version there is none to be in front. Add a variant, or send to everybody at once.')]),
  ];
}

/** Whether a condition asks who opened. */
function asksForOpens(node: SegmentNode): boolean {
  if (node.type === 'all' || node.type === 'any') return node.of.some(asksForOpens);
  if (node.type === 'not') return asksForOpens(node.of);
  return node.type === 'engagement' && node.kind === 'opened';
}
