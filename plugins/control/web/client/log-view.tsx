import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import * as v from 'valibot';
import type { LogSource } from './api.ts';
import type { Span } from './ansi.ts';
import { Icon } from './icon.tsx';
import { LogLines, type LogBlock, type LogLine } from './log-lines.ts';
import { memo } from './memo.tsx';
import type { Connection } from './model.ts';
import { usePage } from './page.ts';
import { matching, piecesOf } from './search.ts';
import { Stream } from './stream.ts';
import { counted } from './format.ts';

/** How much of the end of a log is read at first. */
const FIRST_BYTES = 128 * 1024;

/** A live log. Program output is always text here: it only becomes text nodes. */
export function LogView({ source, says }: { readonly source: LogSource; readonly says: string }) {
  const { blocks, isCut, connection } = useLog(source);
  const [search, setSearch] = useState('');
  const { api } = usePage();
  const { root, written, isAtEnd, toEnd } = useEnd();
  const shown = useMemo(() => matching(blocks, search), [blocks, search]);
  const found = shown.reduce((sum, { lines }) => sum + lines.length, 0);
  return (
    <div class="log">
      <div class="log-tools">
        <input
          type="search"
          placeholder="Search"
          aria-label={`Search ${says}`}
          autocomplete="off"
          spellcheck={false}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <span class="found" role="status">
          {connection.kind === 'lost' ? connection.why : search === '' ? '' : counted(found, 'line')}
        </span>
        <a
          class="button symbol"
          href={api.downloadAddress(source)}
          download
          title="Download"
          aria-label={`Download ${says}`}
        >
          <Icon name="down" />
        </a>
      </div>
      <div class="lines" ref={root} role="log" aria-live="off" aria-label={says} tabIndex={0}>
        {isCut && <p class="note">The beginning is left out; the download has all of it.</p>}
        <div ref={written}>
          {shown.map((block) => (
            <Block key={block.first} block={block} search={search} />
          ))}
        </div>
        {blocks.length === 0 && connection.kind === 'live' && <p class="note">Nothing was written yet.</p>}
        {blocks.length > 0 && found === 0 && <p class="note">No line has it.</p>}
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          To the end
        </button>
      )}
    </div>
  );
}

/** A hundred lines. The style sheet lets the browser skip those that are out of sight. */
const Block = memo(({ block, search }: { readonly block: LogBlock; readonly search: string }) => (
  <div class="block">
    {block.lines.map((line) => (
      <Line key={line.number} line={line} search={search} />
    ))}
  </div>
));

const Line = memo(({ line, search }: { readonly line: LogLine; readonly search: string }) => (
  <div class="line">
    {line.spans.length === 0 ? '\n' : line.spans.map((span) => <Piece span={span} search={search} />)}
  </div>
));

function Piece({ span, search }: { readonly span: Span; readonly search: string }) {
  const pieces = piecesOf(span.text, search);
  const content = pieces.map((text, index) => (index % 2 === 1 ? <mark key={index}>{text}</mark> : text));
  return span.className === '' ? <>{content}</> : <span class={span.className}>{content}</span>;
}

/** Follows a log as long as it is shown. After a break it begins anew. */
function useLog(source: LogSource) {
  const { api, clock } = usePage();
  const [blocks, setBlocks] = useState<readonly LogBlock[]>([]);
  const [isCut, setCut] = useState(false);
  const [connection, setConnection] = useState<Connection>({ kind: 'connecting' });
  const key = JSON.stringify(source);
  useEffect(() => {
    let lines = new LogLines();
    let frame = 0;
    const show = (): void => {
      frame = 0;
      setBlocks(lines.blocks);
      setCut(lines.isCut);
    };
    const stream = new Stream({
      open: async (_, signal) => {
        const response = await api.followLog(source, FIRST_BYTES, signal);
        lines = new LogLines(); // only now: what was read stays as long as there is nothing newer
        return response;
      },
      onEvent: ({ event, data }) => {
        if (event === 'gap') lines.push('\n… some output was left out here: it came faster than it could be sent …\n');
        else {
          const text = v.safeParse(v.string(), JSON.parse(data));
          if (text.success) lines.push(text.output);
        }
        // Drawn once per frame, however fast lines arrive.
        frame ||= requestAnimationFrame(show);
      },
      onState: (state) => {
        setConnection(state);
        frame ||= requestAnimationFrame(show);
      },
      clock,
    });
    stream.start();
    return () => {
      stream.stop();
      cancelAnimationFrame(frame);
    };
  }, [key]);
  return { blocks, isCut, connection };
}

/** Stays at the end of the log until the user scrolls up, and then stays in place. */
function useEnd() {
  const root = useRef<HTMLDivElement>(null);
  const written = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const toEnd = (): void => {
    setAtEnd(true);
    root.current?.scrollTo({ top: root.current.scrollHeight });
  };
  useEffect(() => {
    const element = root.current;
    if (element === null) return undefined;
    let top = element.scrollTop;
    const look = (): void => {
      const isUp = element.scrollTop < top;
      top = element.scrollTop;
      const isNear = element.scrollHeight - top - element.clientHeight < 24;
      // Being far from the end is not enough: that happens by itself when lines are added, or turn out to be higher.
      if (isNear || isUp) setAtEnd(isNear);
    };
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, []);
  useEffect(() => {
    if (!isAtEnd || root.current === null || written.current === null) return undefined;
    // The height of a block out of sight is a guess until the browser comes to draw it, so the end may move a second
    // time.
    const follower = new ResizeObserver(() => root.current?.scrollTo({ top: root.current.scrollHeight }));
    follower.observe(written.current);
    follower.observe(root.current);
    return () => follower.disconnect();
  }, [isAtEnd]);
  return { root, written, isAtEnd, toEnd };
}
