// Where in the sources something is that compiled code names. Node would say so by itself, but reads
// the maps of all files that it loads for it, in every process of the tests, for a failure in one.
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiledPlace = /(?:file:\/\/)?((?:[^\s()'"]*\/)?dist\/[^\s()'":]+\.js):(\d+):(\d+)/g;

/** The same text, in which places in compiled files are places in their sources. */
export const inSources = (text) =>
  text.replace(compiledPlace, (place, path, line, column) => {
    const compiled = resolve(root, path);
    const map = existsSync(`${compiled}.map`) && readFileSync(`${compiled}.map`, 'utf8');
    if (!map) return place;
    // Maps count from 0.
    const found = new SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1);
    if (found.originalSource === undefined) return place;
    const source = relative(root, resolve(dirname(compiled), found.originalSource));
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
