import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

/** A temporary folder for the tests of a project, which has to be empty after them: what they leave, others would find. */
export default function ownTempFolder({ config }: TestProject): () => void {
  const folder = config.env['TMPDIR'];
  if (folder === undefined) throw new Error('the project names no TMPDIR in its env');
  mkdirSync(folder, { recursive: true });
  return () => {
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true });
    if (left.length === 0) return;
    console.error(`tests of the project ${config.name} left files in the temporary folder: ${left.join(', ')}`);
    process.exitCode = 1; // an error that is thrown here is printed, and the run succeeds all the same
  };
}
