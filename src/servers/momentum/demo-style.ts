/** The demo page's style: one column, from 360 px, light and dark. Every colour of text has a contrast of 4.5 or more. */
export const DEMO_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --field: #818b95;
  --accent: #0a58ca; --on-accent: #ffffff;
  --text: #0a58ca; --notification: #8a4b00; --system: #6f35b8; --joined: #17692f; --left: #57606a;
  --pong: #0b6672; --error: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #181d24; --ink: #e7ebf0; --soft: #a3adb8; --line: #323a44; --field: #6f7a86;
    --accent: #7db3ff; --on-accent: #0b1a30;
    --text: #7db3ff; --notification: #f0b35e; --system: #c8a2ff; --joined: #79d492; --left: #a3adb8;
    --pong: #6fd3df; --error: #ff9c94;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  display: flex; flex-direction: column; max-width: 60rem; margin: 0 auto; padding: 1rem; gap: .75rem;
  background: var(--page); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif;
}
header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1rem; }
h1 { font-size: 1.35rem; margin: 0; flex: 1 1 auto; }
h2 { font-size: .95rem; margin: 0 0 .35rem; }
#status { margin: 0; display: flex; align-items: center; gap: .5rem; color: var(--soft); overflow-wrap: anywhere; }
#status::before {
  content: ""; flex: none; width: .7rem; height: .7rem; border-radius: 50%; border: 2px solid var(--soft);
}
#status[data-state=online]::before { background: var(--joined); border-color: var(--joined); }
#status[data-state=waiting]::before { background: var(--notification); border-color: var(--notification); }
#status[data-state=failed]::before { background: var(--error); border-color: var(--error); }
main { flex: 1; min-height: 0; display: flex; flex-direction: column; gap: .75rem; }
details, .log, #composer { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .75rem; }
summary { cursor: pointer; font-weight: 600; font-size: .95rem; }
details form { margin-top: .6rem; }
form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: flex-end; }
label { display: flex; flex-direction: column; gap: .2rem; font-size: .85rem; color: var(--soft); }
label.wide { flex: 1 1 16rem; }
label.message { flex: 2 1 16rem; }
label.to { flex: 1 1 12rem; }
label.check { flex-direction: row; align-items: center; gap: .45rem; min-height: 2.5rem; flex: 1 1 auto; color: var(--ink); }
input { font: inherit; font-size: 1rem; color: var(--ink); background: var(--page); border: 1px solid var(--field); border-radius: .4rem; }
input:not([type=checkbox]) { width: 100%; min-height: 2.5rem; padding: .3rem .6rem; }
input[type=checkbox] { width: 1.2rem; height: 1.2rem; margin: 0; accent-color: var(--accent); }
button {
  font: inherit; min-height: 2.5rem; padding: .3rem .95rem; border-radius: .4rem; cursor: pointer;
  border: 1px solid var(--accent); background: var(--card); color: var(--accent);
}
button[type=submit] { background: var(--accent); color: var(--on-accent); font-weight: 600; }
button:disabled { cursor: default; border-color: var(--line); background: var(--page); color: var(--soft); font-weight: 400; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.log { flex: 1 1 14rem; min-height: 14rem; display: flex; flex-direction: column; }
#log { flex: 1; min-height: 0; overflow-y: auto; border-radius: .3rem; }
#messages { list-style: none; margin: 0; padding: 0; }
#empty { margin: .5rem 0; color: var(--soft); }
#empty[hidden] { display: none; }
li {
  display: grid; grid-template-columns: 7.5rem 1fr auto; gap: 0 .75rem; align-items: baseline;
  padding: .35rem .25rem .35rem .6rem; border-left: 4px solid var(--kind); border-bottom: 1px solid var(--line);
}
li { --kind: var(--soft); }
li[data-kind=text] { --kind: var(--text); }
li[data-kind=notification] { --kind: var(--notification); }
li[data-kind=system_message] { --kind: var(--system); }
li[data-kind=user_joined] { --kind: var(--joined); }
li[data-kind=user_left] { --kind: var(--left); }
li[data-kind=pong] { --kind: var(--pong); }
li[data-kind=error] { --kind: var(--error); }
li .kind { color: var(--kind); font-weight: 600; font-size: .85rem; overflow-wrap: anywhere; }
li .content { overflow-wrap: anywhere; white-space: pre-wrap; min-width: 0; }
li .from { color: var(--soft); font-size: .85rem; font-weight: 600; }
li time { color: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  body { padding: .6rem; height: auto; min-height: 100%; }
  li { grid-template-columns: 1fr auto; }
  li .content { grid-column: 1 / -1; grid-row: 2; }
  #log { max-height: 60vh; }
  .buttons { width: 100%; }
  #connect, .buttons button { flex: 1 1 auto; }
}
`
