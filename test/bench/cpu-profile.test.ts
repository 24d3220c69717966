import { test } from 'tap';

import { busyMicros, type CpuProfile } from '../../bench/fan-out/cpu-profile.ts';

const node = (id: number, functionName: string, url = '', children: readonly number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});

await test('busy time is told by what the code is for, built-in functions by their caller', (t) => {
  const profile: CpuProfile = {
    nodes: [
      node(1, '(root)', '', [2, 3, 4, 5, 7]),
      node(2, '(idle)'),
      node(3, '(garbage collector)'),
      node(4, '(program)'),
      node(5, 'fold', 'file:///app/dist/core/follow.js', [6]),
      node(6, 'send', 'file:///app/dist/adapters/line/line-link.js', [8]),
      node(7, 'onData', 'file:///app/node_modules/ioredis/built/parser.js', [9]),
      node(8, 'writeGeneric', 'node:internal/stream_base_commons', [10]),
      node(9, 'parse'),
      node(10, 'writev'),
    ],
    samples: [2, 3, 4, 5, 6, 7, 8, 9, 10],
    timeDeltas: [1_000, 2, 3, 4, 5, 6, 7, 8, 9],
  };
  t.strictSame(Object.fromEntries(busyMicros(profile)), {
    'garbage collection': 2,
    'outside of JavaScript': 3,
    'fold and deliver': 4,
    'lines and records': 5,
    'Redis client': 14,
    'TLS and sockets': 16,
  });
  t.end();
});
