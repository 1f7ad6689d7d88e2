/**
 * The style sheet of all pages. Colours are named for what they mean, once for light and once for dark; a state is never
 * told by its colour alone. Sizes are in rem, and the root grows with a wall screen. Under 45rem a row of the table
 * becomes a block: name and state, what about it, buttons.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --sheet: #fff; --hover: #f3f4f6; --line: #e3e4e6; --edge: #c9ccd1;
  --text: #1b1e23; --muted: #5d6570; --accent: #1d5bbf;
  --running: #17703b; --moving: #1d5bbf; --unsteady: #8f5200; --failed: #b3261e;
  --unsteady-tint: #fdf5e6; --failed-tint: #fdecea; --good-tint: #eaf6ee;
  font: 400 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121417; --sheet: #191c20; --hover: #20242a; --line: #2a2e35; --edge: #454b54;
    --text: #e5e7ea; --muted: #9aa3ae; --accent: #85b6ff;
    --running: #62cc8c; --moving: #85b6ff; --unsteady: #efb65f; --failed: #ff8f85;
    --unsteady-tint: #2a2317; --failed-tint: #2f1b1b; --good-tint: #182a20;
  }
}
@media (min-width: 1800px) { :root { font-size: 17px } }
@media (min-width: 2800px) { :root { font-size: 24px } }

* { box-sizing: border-box; margin: 0 }
body { background: var(--ground); color: var(--text); max-width: 100rem; margin: 0 auto; padding: 0 1.25rem 2rem }
a { color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .25rem }
form { display: contents }

header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; padding: 1rem 0 .75rem }
h1 { font-size: 1.15rem; font-weight: 650; overflow-wrap: anywhere }
h1 span { color: var(--muted); font-weight: 400 }
h1 a { text-decoration: none; padding: .25rem .5rem; margin-left: -.5rem }
nav { display: flex; flex-wrap: wrap; gap: .375rem; align-items: center }
header nav:last-child { margin-left: auto }

.counts { display: flex; flex-wrap: wrap; gap: .25rem .95rem; list-style: none; padding: 0 }
.counts li, .state { display: flex; align-items: center; gap: .45em; white-space: nowrap }
.counts b { font-weight: 650 }
.mark { width: .75em; height: .75em; flex: none; fill: currentColor }
.running { color: var(--running) }
.stopped, .exited { color: var(--muted) }
.starting, .stopping { color: var(--moving) }
.backoff, .unsteady .exited { color: var(--unsteady) }
.fatal, .unknown { color: var(--failed) }

.button, button {
  font: inherit; line-height: 1.4; color: var(--text); background: var(--sheet); text-decoration: none; cursor: pointer;
  border: 1px solid var(--edge); border-radius: .375rem; padding: .2rem .7rem; white-space: nowrap;
}
.button:hover, button:hover { background: var(--hover); border-color: var(--muted) }
.strong { background: var(--accent); border-color: var(--accent); color: var(--ground); font-weight: 600 }
.strong:hover { background: var(--accent); border-color: var(--text) }

.message { border-left: .25rem solid var(--moving); background: var(--sheet); padding: .5rem .85rem; margin: 0 0 .75rem;
  border-radius: .25rem; overflow-wrap: anywhere; unicode-bidi: isolate }
.good { border-color: var(--running); background: var(--good-tint) }
.bad { border-color: var(--failed); background: var(--failed-tint) }
.empty { color: var(--muted); padding: 2rem 0; text-align: center }
footer { color: var(--muted); font-size: .85rem; padding: .75rem .25rem }

table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem }
th, td { text-align: left; font-weight: 400; padding: .2rem .75rem; border-top: 1px solid var(--line); vertical-align: middle }
thead th { color: var(--muted); font-size: .85rem; border-top: 0; padding-block: .4rem; position: sticky; top: 0; background: var(--sheet);
  z-index: 1; border-bottom: 1px solid var(--line) }
thead th:first-child { border-top-left-radius: .5rem }
thead th:last-child { border-top-right-radius: .5rem }
thead + tbody tr:first-child > * { border-top: 0 }
tbody tr:not(.group):hover > * { background: var(--hover) }
.group th { color: var(--muted); padding-top: .6rem; font-weight: 600 }
.group span { font-weight: 400; margin-left: .5em }
.several tr:not(.group) > :first-child { padding-left: 1.75rem }
.several tr.group + tr > * { border-top-color: transparent }
.name { display: inline-block; width: max-content; max-width: 20rem; overflow-wrap: break-word; font-weight: 550; unicode-bidi: isolate; vertical-align: bottom }
.prefix { color: var(--muted); font-weight: 400 }
td.state { display: table-cell; min-width: 6.5rem }
td.state .mark { margin-right: .5em; vertical-align: -.02em }
.about { width: 100%; overflow-wrap: anywhere }
.reason { color: var(--muted) }
.reason::before { content: "\\00b7"; margin: 0 .3em 0 .1em }
.restarts { text-align: right } .none { color: var(--muted) }
tr.unsteady > * { background: var(--unsteady-tint) }
tr.failed > * { background: var(--failed-tint) }
tr.unsteady > :first-child { box-shadow: inset .2rem 0 var(--unsteady) }
tr.failed > :first-child { box-shadow: inset .2rem 0 var(--failed) }

.actions { white-space: nowrap; text-align: right }
.buttons { display: flex; gap: .3rem; justify-content: flex-end; align-items: center }
.buttons > a, .buttons > form > button, summary { font-size: .93rem; padding: .05rem .5rem; min-height: 1.6rem }
.buttons > a, summary { display: inline-flex; align-items: center }
.buttons > a { color: var(--muted) }
details { display: inline-block; position: relative }
summary { list-style: none; cursor: pointer; border-radius: .375rem; color: var(--muted); font-weight: 700 }
summary::-webkit-details-marker { display: none }
summary:hover, details[open] summary { background: var(--line); color: var(--text) }
.menu { position: absolute; right: 0; top: 100%; z-index: 2; display: grid; text-align: left; min-width: 10rem; padding: .25rem; background: var(--sheet);
  border: 1px solid var(--edge); border-radius: .5rem; box-shadow: 0 .4rem 1.2rem rgb(0 0 0 / .18) }
.menu a, .menu button { color: var(--text); background: none; border: 0; border-radius: .3rem; text-decoration: none; text-align: left; padding: .35rem .6rem !important; margin: 0 !important }
.menu a:hover, .menu button:hover { background: var(--hover) }

@media (max-width: 45rem) {
  body { padding: 0 .75rem 2rem }
  header { padding-top: .75rem }
  header nav:last-child { margin-left: 0; width: 100% }
  .status header .button { flex: auto; text-align: center; padding-inline: .4rem }
  .status thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .status table, .status tbody { display: block }
  .status tr { display: flex; flex-wrap: wrap; align-items: center; gap: .15rem .75rem; padding: .5rem .75rem; border-top: 1px solid var(--line) }
  .status tr > * { display: block; padding: 0 !important; border: 0; width: auto; min-width: 0; background: none !important; box-shadow: none !important }
  .status tbody:first-of-type tr:first-child { border-top: 0 }
  .status .group { background: none; padding-bottom: .1rem }
  .status .group + tr { border-top: 0 }
  tr.unsteady { background: var(--unsteady-tint); box-shadow: inset .2rem 0 var(--unsteady) }
  tr.failed { background: var(--failed-tint); box-shadow: inset .2rem 0 var(--failed) }
  /* Name and state fill the first line; the rest takes as many as it needs. */
  .status tr > :first-child { flex: 1 1 calc(100% - 8rem) } .status tr > td.state { flex: 0 0 7rem; text-align: right }
  .name { max-width: 100% }
  .about:empty, .restarts.none { display: none !important }
  .restarts { color: var(--muted) } .restarts::before { content: "restarts: " }
  .status tr > td.actions { margin-left: auto }
  .buttons > a, .buttons > form > button, summary, .button, nav button { padding: .4rem .75rem; line-height: 1.3 }
}

.tail { max-width: none; height: 100vh; height: 100dvh; display: flex; flex-direction: column; padding-bottom: 1rem }
.choices { gap: 0 } .choices a { padding: .2rem .7rem; text-decoration: none; border-bottom: 2px solid transparent; color: var(--muted) }
.choices a[aria-current="page"] { color: var(--text); border-color: var(--accent) }
/* Turned around, so that it opens at its end. */
.scroll { flex: 1; min-height: 0; overflow: auto; display: flex; flex-direction: column-reverse; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem }
.scroll .empty { margin: auto }
pre { font: .9rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; padding: .75rem; unicode-bidi: plaintext; margin-bottom: auto }

.confirm main { max-width: 40rem; margin: 12vh auto 0; background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem }
.confirm p { margin-top: .5rem; color: var(--muted) }
.names { columns: 14rem; margin-top: 1rem; padding-left: 1.1rem; max-height: 40vh; overflow: auto } .names li { overflow-wrap: anywhere }
.answer { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1.25rem } .answer > *, .answer button { padding: .4rem 1rem }
`;
