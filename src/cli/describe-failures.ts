/** @file Failures of a run as lines for a terminal: what failed for one reason very often is told once, with its first place. */
import type { Failure } from '../retrieval/index-catalogue-node.ts';
import { describeFailure } from './command-runtime.ts';

/** Of one reason; more are told as a number. */
const shownOfReason = 3;

/**
 * A line a failure, in their order; of those that say the same but for the picture, one line: `60 alike; first: ...`.
 *
 * @param hasReport whether all of them are written to a file that the user named
 */
export function describeFailures(failed: readonly Failure[], { hasReport }: { readonly hasReport: boolean }): string[] {
  const ofReason = new Map<string, Failure[]>();
  for (const failure of failed) {
    const reason = withoutNames(failure.reason);
    const alike = ofReason.get(reason);
    if (alike === undefined) ofReason.set(reason, [failure]);
    else alike.push(failure);
  }
  const lines = [...ofReason.values()].flatMap((alike) => {
    const each = alike.slice(0, alike.length > shownOfReason ? 1 : undefined);
    const told = each.map(({ source, reason }) => describeFailure(source, reason));
    return alike.length > shownOfReason ? [`${alike.length} alike; first: ${told[0]}`] : told;
  });
  const isShort = lines.length < failed.length;
  return isShort && !hasReport ? [...lines, '--report FILE keeps every one.'] : lines;
}

/** A reason without what it quotes and without the address or file that it begins with. */
function withoutNames(reason: string): string {
  return reason
    .replace(/"(?:[^"\\]|\\.)*"/g, '"')
    .replace(/^\S*[./]\S*: /, '')
    .replace(/https?:\/\/\S+/g, '')
    .replace(/\d+/g, '0');
}
