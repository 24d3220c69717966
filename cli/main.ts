#!/usr/bin/env node
// This file must run, up to its sentence, on a Node that is too old for everything else. So it
// imports nothing at its top and uses no syntax that Node 12 does not know.

// As `engines` in package.json.
const neededMajor = 20;
const neededMinor = 19;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  console.error(
    `securechat: This is Node ${process.versions.node}, but ${neededMajor}.${neededMinor} or later is needed: install the current LTS from https://nodejs.org and start again.`,
  );
  process.exitCode = 1;
} else {
  void import('./program.ts').then(({ run }) => run(process.argv));
}
