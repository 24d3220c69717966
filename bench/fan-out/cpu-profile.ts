/** A CPU profile as V8 writes it (`node --cpu-prof`), as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node that was running at each sample, by its id. */
  readonly samples: readonly number[];
  /** How long before each sample the one before it was, in microseconds. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Where code lies tells what it is for; the first that fits counts. */
const groups: readonly (readonly [group: string, url: RegExp])[] = [
  ['TLS and sockets', /^node:(_tls_|tls|net$|internal\/(stream|streams\/|tls))/],
  ['Redis client', /node_modules\/(ioredis|redis-|@ioredis)|\/adapters\/redis\//],
  ['lines and records', /\/adapters\//],
  ['fold and deliver', /\/(core|server)\//],
  ['other of Node', /^node:/],
];
const collector = '(garbage collector)';

/**
 * How long a process was busy with what, in microseconds. What is built in counts for the code that
 * called it, so writing to a socket for `TLS and sockets`. Time without work is left out.
 */
export function busyMicros(profile: CpuProfile): ReadonlyMap<string, number> {
  const groupOf = groupsOf(profile.nodes);
  const busy = new Map<string, number>();
  for (const [place, id] of profile.samples.entries()) {
    const group = groupOf.get(id);
    if (group === undefined) continue;
    busy.set(group, (busy.get(group) ?? 0) + (profile.timeDeltas[place] ?? 0));
  }
  return busy;
}

/** Nothing for a node at which the process waits. */
function groupsOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const groupOf = new Map<number, string>();
  const waiting = nodes.slice(0, 1).map((node) => ({ node, caller: 'outside of JavaScript' }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, caller } = next;
    const { functionName, url } = node.callFrame;
    const own = groups.find(([, pattern]) => pattern.test(url))?.[0];
    const group = functionName === collector ? 'garbage collection' : (own ?? caller);
    if (functionName !== '(idle)') groupOf.set(node.id, group);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) waiting.push({ node: child, caller: group });
    }
  }
  return groupOf;
}
