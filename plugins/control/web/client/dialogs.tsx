import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Dialog, Model, Target } from './model.ts';
import { KEYS } from './keyboard.ts';
import { usePage } from './page.ts';
import { sentenceOf, touchedBy } from './targets.ts';
import { canStart } from '../../allowed-actions.ts';
import { unreachable } from './unreachable.ts';
import { visible } from './visible.ts';

/** The open dialog. */
export function Dialogs({
  dialog,
  processes,
  whyNot,
}: {
  readonly dialog: Dialog | undefined;
  readonly processes: Model['processes'];
  readonly whyNot: string | undefined;
}) {
  if (dialog === undefined) return null;
  switch (dialog.kind) {
    case 'confirm':
      return <Confirm {...dialog} processes={processes} whyNot={whyNot} />;
    case 'signal':
      return <SignalChoice target={dialog.target} processes={processes} whyNot={whyNot} />;
    case 'help':
      return <Help />;
    default:
      return unreachable(dialog);
  }
}

/** A modal dialog: the browser keeps the focus inside, closes it at Escape, and gives the focus back. */
function Modal({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const { dispatch } = usePage();
  const id = useId();
  const root = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = root.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={root} aria-labelledby={id} onClose={() => dispatch({ kind: 'dialog', dialog: undefined })}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  readonly action: 'start' | 'stop' | 'restart';
  readonly target: Target;
  readonly processes: Model['processes'];
  /** Why nothing can be done now. */
  readonly whyNot: string | undefined;
}

/** Asks for confirmation, with the number and the names of the processes. */
function Confirm({ action, target, processes, whyNot }: ConfirmProps) {
  const { commands, dispatch } = usePage();
  const touched = touchedBy(action, target, processes);
  const sentence = sentenceOf(action, target, touched.length);
  const down = action === 'restart' ? touched.filter(canStart).length : 0;
  const close = (): void => dispatch({ kind: 'dialog', dialog: undefined });
  return (
    <Modal title={`${sentence}?`}>
      {down > 0 && <p>{`${down} of them ${down === 1 ? 'is' : 'are'} down now and will be started, too.`}</p>}
      <Names names={touched.map(({ namespec }) => namespec)} />
      <WhyNot text={whyNot} />
      <div class="answer">
        <button
          type="button"
          class={action === 'start' ? 'strong' : 'strong danger'}
          disabled={touched.length === 0 || whyNot !== undefined}
          onClick={() => {
            close();
            void commands.run(action, target);
          }}
        >
          {sentence}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Modal>
  );
}

/** Those that programs take as a message first, then those that end them. */
const SIGNALS = ['HUP', 'USR1', 'USR2', 'WINCH', 'CONT', 'STOP', 'INT', 'TERM', 'QUIT', 'ABRT', 'KILL'] as const;

function SignalChoice({ target, processes, whyNot }: Omit<ConfirmProps, 'action'>) {
  const { commands, dispatch } = usePage();
  const [signal, setSignal] = useState<string>('HUP');
  const touched = touchedBy('signal', target, processes);
  const sentence = sentenceOf('signal', target, touched.length);
  const close = (): void => dispatch({ kind: 'dialog', dialog: undefined });
  return (
    <Modal title={sentence}>
      <label class="field">
        Signal
        <select value={signal} onChange={(event) => setSignal(event.currentTarget.value)}>
          {SIGNALS.map((name) => (
            <option key={name} value={name}>
              SIG{name}
            </option>
          ))}
        </select>
      </label>
      {target.kind !== 'one' && <Names names={touched.map(({ namespec }) => namespec)} />}
      <WhyNot text={whyNot} />
      <div class="answer">
        <button
          type="button"
          class="strong"
          disabled={touched.length === 0 || whyNot !== undefined}
          onClick={() => {
            close();
            void commands.run('signal', target, signal);
          }}
        >
          Send SIG{signal} to {touched.length === 1 ? (touched[0]?.namespec ?? '') : touched.length}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Modal>
  );
}

/** The line stays when it is empty, so that the buttons below do not move. */
function WhyNot({ text }: { readonly text: string | undefined }) {
  return (
    <p class="why-not" role="status">
      {text === undefined ? '' : `Nothing can be done now: ${text}.`}
    </p>
  );
}

/** All names; of more than there is room for, how many are below. */
function Names({ names }: { readonly names: readonly string[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [below, setBelow] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const look = (): void => {
      const end = element.getBoundingClientRect().bottom - 2;
      setBelow([...element.children].filter((item) => item.getBoundingClientRect().bottom > end + 4).length);
    };
    element.addEventListener('scroll', look, { passive: true });
    // It has a size only when the dialog is open.
    const sized = new ResizeObserver(look);
    sized.observe(element);
    return () => {
      sized.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [names.length]);
  if (names.length === 0) return <p>There is none to which this would make a difference.</p>;
  return (
    <>
      <ul class="names" ref={list} tabIndex={0} aria-label="Processes">
        {names.map((name) => (
          <li key={name}>{visible(name)}</li>
        ))}
      </ul>
      <p class="below" aria-hidden="true">
        {below === 0 ? '' : `↓ ${below} more below`}
      </p>
    </>
  );
}

function Help() {
  const { dispatch, preferences } = usePage();
  const [hasKeys, setHasKeys] = useState(preferences.hasKeys);
  return (
    <Modal title="Keys">
      <dl class="keys">
        {KEYS.map(({ key, says }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <label class="field">
        <input
          type="checkbox"
          checked={hasKeys}
          onChange={(event) => {
            preferences.hasKeys = event.currentTarget.checked;
            setHasKeys(event.currentTarget.checked);
          }}
        />
        Single keys are commands
      </label>
      <div class="answer">
        <button type="button" onClick={() => dispatch({ kind: 'dialog', dialog: undefined })}>
          Close
        </button>
      </div>
    </Modal>
  );
}
