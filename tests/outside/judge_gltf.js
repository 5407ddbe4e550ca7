// Khronos' own validator on glTF files; says what it finds, and fails where something is wrong.
const { readFileSync } = require('node:fs');
const { validateBytes } = require('gltf-validator');

async function main() {
  for (const file of process.argv.slice(2)) {
    const { issues } = await validateBytes(new Uint8Array(readFileSync(file)));
    console.log(`${file}: ${issues.numErrors} errors, ${issues.numWarnings} warnings, ${issues.numInfos} remarks`);
    for (const { severity, message, pointer } of issues.messages) console.log(`  ${severity} ${pointer}: ${message}`);
    if (issues.numErrors + issues.numWarnings > 0) process.exitCode = 1;
  }
}

main();
