/* What must hold before the portal is built: fresh types of the API, TypeScript, lint, unit tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function run(...command) {
  execFileSync('npx', ['--no-install', ...command], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function checkTypes() {
  const folder = mkdtempSync(join(tmpdir(), 'kyso-types-'));
  const fresh = join(folder, 'openapi.d.ts');
  try {
    execFileSync('npx', ['--no-install', 'openapi-typescript', '../../api/openapi.yaml', '-o', fresh, '--root-types=false'], { stdio: 'ignore' });
    if (readFileSync(fresh, 'utf8') !== readFileSync('src/api/openapi.d.ts', 'utf8')) {
      console.error('src/api/openapi.d.ts is not what api/openapi.yaml gives: run `npm run types` in ui/portal');
      process.exit(1);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

checkTypes();
run('tsc', '--noEmit');
run('eslint', '--max-warnings=0', '.');
run('vitest', 'run', '--silent');
