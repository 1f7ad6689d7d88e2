import { useEffect, useState } from 'preact/hooks';
import { messageOf } from './commands.ts';
import { usePage } from './page.ts';
import { visible } from './visible.ts';
import type { Setting } from './api-schema.ts';

/**
 * The options of a process, with the values in effect, spelled as in the file. Those that differ from the default come
 * first and are marked.
 */
export function ConfigurationView({ name }: { readonly name: string }) {
  const { settings, problem } = useSettings(name);
  const [isAll, setAll] = useState(false);
  const given = settings.filter(({ isDefault }) => !isDefault);
  const defaults = settings.filter(({ isDefault }) => isDefault);
  return (
    <div class="scroll" role="region" aria-label={`Settings of ${name}`} tabIndex={0}>
      {problem !== undefined && <p class="note">{problem}</p>}
      <Settings caption="Set here" settings={given} />
      {isAll ? (
        <Settings caption="Defaults" settings={defaults} />
      ) : (
        defaults.length > 0 && (
          <button type="button" class="more-settings framed" onClick={() => setAll(true)}>
            Show {defaults.length} defaults
          </button>
        )
      )}
    </div>
  );
}

function Settings({ caption, settings }: { readonly caption: string; readonly settings: readonly Setting[] }) {
  if (settings.length === 0) return null;
  return (
    <table class="configuration">
      <caption>{caption}</caption>
      <tbody>
        {settings.map(({ option, value, default: usual, isDefault, doc }) => (
          <tr key={option} class={isDefault ? 'usual' : 'given'}>
            <th scope="row" title={doc}>
              {option}
            </th>
            <td>
              {value === null || value === '' ? <span class="muted">not set</span> : visible(value)}
              {!isDefault && usual !== null && usual !== '' && (
                <span class="muted default">default {visible(usual)}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useSettings(name: string) {
  const { api } = usePage();
  const [settings, setSettings] = useState<readonly Setting[]>([]);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    api.settings(name).then(
      (read) => void (isOver || setSettings(read)),
      (error: unknown) => void (isOver || setProblem(`The settings cannot be read: ${messageOf(error)}.`)),
    );
    return () => void (isOver = true);
  }, [name]);
  return { settings, problem };
}
