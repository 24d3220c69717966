import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Holds what the repeated tests say they ran against what test/counts.ts asks of them.
 * @param {{ compiled: string, reports: string, tier: 'test' | 'full' }} where the compiled
 *   counts, and the file into which the tests reported
 * @returns {Promise<readonly { test: string, asked: string, run: string, result: string }[]>}
 */
export async function countRows({ compiled, reports, tier }) {
  const { counts } = await import(pathToFileURL(compiled).href);
  const reported = readReports(reports);
  return Object.entries(counts).map(([name, { asked, reduced, unit }]) => {
    const wanted = tier === 'full' ? asked : reduced;
    const own = reported.filter((report) => report.name === name);
    const ran = own.length === 0 ? undefined : Math.min(...own.map((report) => report.ran));
    const passed = ran !== undefined && ran >= wanted && own.every(({ passing }) => passing);
    return {
      test: name,
      asked: `${grouped(wanted)} ${unit}`,
      run: ran === undefined ? 'never' : grouped(ran),
      result: passed ? 'ok' : 'FAILED',
    };
  });
}

/** One JSON line for each call of reportCount; several of one name must each be enough. */
function readReports(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function grouped(number) {
  return number.toLocaleString('en-US');
}
