// SPDX-License-Identifier: Apache-2.0
// solc-js behind the two flags of the native compiler that py-solc-x, forge and ape use: --version and
// --standard-json (input on stdin). Other flags, such as --base-path, concern imports from disk; all sources
// travel inside the standard JSON, so they are accepted and mean nothing here.
'use strict';

const fs = require('node:fs');
const solc = require('solc');

const flags = process.argv.slice(2);
if (flags.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (flags.includes('--standard-json')) {
  process.stdout.write(`${solc.compile(fs.readFileSync(0, 'utf8'))}\n`);
} else {
  process.stderr.write('only --version and --standard-json are served here\n');
  process.exitCode = 1;
}
