import { useEffect, useState } from 'preact/hooks';
import * as v from 'valibot';
import { messageOf } from './commands.ts';
import type { Process } from './model.ts';
import { usePage } from './page.ts';
import { visible } from './visible.ts';

const ConfigurationShape = v.array(v.looseObject({ group: v.string(), name: v.string() }));

/** The options of a process as they are in force: resolved, with their defaults. */
export function ConfigurationView({ process }: { readonly process: Process }) {
  const { rows, problem } = useConfiguration(process);
  const facts: readonly (readonly [string, string])[] = [
    ['stdout log', process.logs.stdout ?? 'none'],
    ['stderr log', process.logs.stderr ?? 'none'],
    ['kind', process.kind],
    ...rows,
  ];
  return (
    <div class="scroll" role="region" aria-label={`Settings of ${process.namespec}`} tabIndex={0}>
      {problem !== undefined && <p class="note">{problem}</p>}
      <table class="configuration">
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{visible(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function useConfiguration({ group, name }: Pick<Process, 'group' | 'name'>) {
  const { api } = usePage();
  const [rows, setRows] = useState<readonly (readonly [string, string])[]>([]);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    const read = async (): Promise<void> => {
      const all = v.parse(ConfigurationShape, await api.call('supervisor.getAllConfigInfo'));
      const own = all.find((entry) => entry.group === group && entry.name === name);
      if (!isOver) setRows(Object.entries(own ?? {}).map(([option, value]) => [option, textOf(value)] as const));
    };
    read().catch((error: unknown) => !isOver && setProblem(messageOf(error)));
    return () => void (isOver = true);
  }, [group, name]);
  return { rows, problem };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
