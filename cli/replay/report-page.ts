import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ReportData } from './report-data.ts';

const notice = 'Names of people and rooms in plain text: an erasure does not reach this copy.';

/** The page: one file with its style, its program and what it shows. It asks nobody for anything. */
export async function reportPage(data: ReportData): Promise<string> {
  const [body, program, ...styles] = await Promise.all(
    ['page.html', 'page.js', 'page.css', 'charts.css', 'moment.css'].map((name) =>
      readFile(new URL(`./report/${name}`, import.meta.url), 'utf8'),
    ),
  );
  const style = styles.join('');
  // Nothing in it can end the element that it stands in.
  const shown = JSON.stringify(data).replaceAll('<', '\\u003c');
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${sha256(style)}'`,
    `script-src 'sha256-${sha256(program ?? '')}'`,
  ].join('; ');
  return `<!-- ${notice} -->
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>SecureChat, replayed</title>
<style>${style}</style>
</head>
${body}
<script type="application/json" id="data">${shown}</script>
<script>${program}</script>
</html>
`;
}

const sha256 = (text: string): string => hash('sha256', text, 'base64');
