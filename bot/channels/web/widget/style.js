// How it looks. Every --consult-* variable is a host page's to set; docs/embed.md lists them.
// What is needed while it is closed comes first, and alone: the rest is read when it is opened.
export const STYLE = `
:host(:not([mode="inline"])) { all: initial !important; display: contents !important; }
:host([mode="inline"]) { display: block; block-size: 100%; }
:host([hidden]) { display: none !important; }
.root {
  --ground: var(--consult-background, #f6f5f0); --paper: var(--consult-surface, #fffefb); --text: var(--consult-text, #1e2624);
  --soft: var(--consult-muted, #5a6662); --line: var(--consult-border, #dedacd); --brand: var(--consult-accent, #0d6b5c);
  --mark: var(--consult-mark, #ffe7a0); --warn: var(--consult-warning, #80450a); --warn-tint: var(--consult-warning-surface, #fdf2df);
  --bad: var(--consult-error, #a3302b); --bad-tint: var(--consult-error-surface, #fbebe8);
  --shade: var(--consult-shadow, 0 18px 50px rgb(20 30 28 / .22), 0 2px 8px rgb(20 30 28 / .1));
  --size: var(--consult-font-size, 16px); --round: var(--consult-radius, 16px); --bit: min(var(--round), 10px); --edge: var(--consult-offset, 20px);
  --sans: var(--consult-font, system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans", sans-serif);
  --serif: var(--consult-heading-font, "Iowan Old Style", "Palatino Linotype", Palatino, Charter, Georgia, "Songti SC", "Noto Serif CJK SC", serif);
  --launch: var(--consult-launcher-size, 58px);
  all: initial; display: block; block-size: 100%; direction: inherit; color-scheme: light;
  font: 400 var(--size)/1.55 var(--sans); color: var(--text); -webkit-text-size-adjust: 100%; overflow-wrap: anywhere;
}
.root[dir="rtl"] { direction: rtl; }
.root[data-theme="dark"] {
  --ground: var(--consult-background, #131817); --paper: var(--consult-surface, #1b2220); --text: var(--consult-text, #e7ece9);
  --soft: var(--consult-muted, #a3b0ab); --line: var(--consult-border, #34403d); --brand: var(--consult-accent, #5fbfa9);
  --mark: var(--consult-mark, #6b590f); --warn: var(--consult-warning, #f0c17c); --warn-tint: var(--consult-warning-surface, #33291a);
  --bad: var(--consult-error, #f2a29b); --bad-tint: var(--consult-error-surface, #3a2220);
  --shade: var(--consult-shadow, 0 18px 50px rgb(0 0 0 / .55), 0 0 0 1px rgb(255 255 255 / .06));
  color-scheme: dark;
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, input, textarea, select { font: inherit; color: inherit; letter-spacing: inherit; margin: 0; }
button { background: none; border: 0; padding: 0; cursor: pointer; text-align: start; touch-action: manipulation; }
button:disabled { cursor: default; }
p, ol, ul, blockquote, h1, h2, form { margin: 0; padding: 0; }
a { color: var(--ink); text-underline-offset: .18em; }
svg { inline-size: 1.25em; block-size: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
.unseen, .probe { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; padding: 0; margin: 0; }
.probe.brand { color: color-mix(in srgb, var(--brand) 100%, transparent); }
.probe.ground { color: color-mix(in srgb, var(--ground) 100%, transparent); }
.probe.paper { color: color-mix(in srgb, var(--paper) 100%, transparent); }

.launcher {
  position: fixed; z-index: var(--consult-z-index, 2147483000); inset-block-end: calc(var(--edge) + env(safe-area-inset-bottom)); inset-inline-end: var(--edge);
  inline-size: var(--launch); block-size: var(--launch); min-inline-size: 44px; min-block-size: 44px; border-radius: 50%; display: grid; place-items: center;
  background: var(--fill); color: var(--on-fill); box-shadow: var(--shade), 0 0 0 1.5px var(--on-fill); transition: transform .15s;
}
.launcher:hover { transform: scale(1.05); }
.launcher:focus-visible { outline: 3px solid var(--fill); outline-offset: 3px; }
.launcher svg { inline-size: 28px; block-size: 28px; stroke-width: 1.7; }
.start .launcher { inset-inline: var(--edge) auto; }
@media (prefers-reduced-motion: reduce) { .launcher, .launcher:hover { transition: none; transform: none; } }
@media (forced-colors: active) { .launcher { border: 1px solid; } }
@media print { :host(:not([mode="inline"])) { display: none !important; } }
`;

export const PANEL = `
.panel { display: flex; flex-direction: column; background: var(--ground); container: panel / inline-size; overflow: hidden; }
.floating .panel {
  position: fixed; z-index: var(--consult-z-index, 2147483000); inset-inline-end: var(--edge); inset-block-end: calc(var(--edge) * 1.7 + var(--launch));
  inline-size: min(var(--consult-width, 416px), 100vw - 2 * var(--edge)); block-size: min(var(--consult-height, 680px), 100dvh - var(--launch) - 3 * var(--edge));
  border-radius: var(--round); box-shadow: var(--shade); border: 1px solid var(--line); animation: rise .18s ease-out;
}
.floating.start .panel { inset-inline: var(--edge) auto; }
.inline .panel { block-size: 100%; min-block-size: 320px; }
.floating.full .panel { inset: 0; inset-block-end: auto; inline-size: 100%; block-size: 100dvh; border: 0; border-radius: 0; padding: env(safe-area-inset-top) env(safe-area-inset-right) 0 env(safe-area-inset-left); }
.full.opened .launcher { display: none; }

.header { flex: none; display: flex; align-items: center; gap: 8px; padding: 10px 12px 10px 16px; border-block-end: 1px solid var(--line); background: var(--paper); }
.crest { inline-size: 32px; block-size: 32px; border-radius: var(--bit); background: var(--fill); color: var(--on-fill); display: grid; place-items: center; flex: none; }
.crest svg { inline-size: 20px; block-size: 20px; }
.title { flex: 1; min-inline-size: 0; font: 600 1.06em/1.25 var(--serif); overflow-wrap: break-word; }
.title:focus { outline: none; }
.icon { display: grid; place-items: center; min-inline-size: 36px; min-block-size: 36px; border-radius: var(--bit); color: var(--soft); flex: none; }
.icon:hover, .tool:hover { background: var(--tint); color: var(--ink); }
.language { border: 1px solid var(--line); border-radius: var(--bit); background: var(--ground); font-size: .82em; block-size: 34px; padding-inline: 4px; max-inline-size: 7.5em; }

.log { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; position: relative; padding: 18px 16px 10px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.log:focus-visible { outline-offset: -3px; }
.welcome, .turns, .foot > :not(.latest) { max-inline-size: 46em; margin-inline: auto; }
.hello { font: 500 1.55em/1.22 var(--serif); text-wrap: balance; margin-block: .2em .45em; }
.intro { color: var(--soft); }
.automatic { display: flex; gap: .5em; align-items: flex-start; background: var(--tint); border-radius: var(--bit); padding: .55em .8em; margin-block: .9em 1.2em; font-size: .9em; }
.automatic svg { color: var(--ink); margin-block-start: .1em; }
.label { font: 600 .8em/1.4 var(--sans); color: var(--soft); margin-block: 0 .5em; }
.examples, .next { display: grid; gap: .5em; }
.next .label { margin: 0; }
.pick { background: var(--paper); border: 1px solid var(--line); border-radius: var(--bit); padding: .6em .9em; line-height: 1.4; transition: border-color .15s, background .15s; }
.pick:hover { border-color: var(--ink); background: var(--tint); }

.asked { inline-size: fit-content; max-inline-size: 86%; margin-block: 26px 14px; margin-inline-start: auto; background: var(--fill); color: var(--on-fill); border-radius: var(--round); border-end-end-radius: 5px; padding: .55em .95em; white-space: pre-wrap; }
.asked:first-child { margin-block-start: 0; }
.reply { display: grid; gap: 14px; }
.main, .sources { min-inline-size: 0; }
.says > *, .draft { margin-block: 0 .6em; white-space: pre-line; }
.says > h4 { margin-block: 1em .3em; font-size: 1em; font-weight: 650; line-height: 1.4; white-space: normal; }
.says > h4:first-child { margin-block-start: 0; }
.says > :last-child { margin-block-end: 0; }
.says :is(ul, ol) { padding-inline-start: 1.4em; }
.says li { margin-block: .2em; }
.says table { border-collapse: collapse; display: block; overflow-x: auto; font-size: .92em; white-space: normal; }
.says :is(td, th) { border: 1px solid var(--line); padding: .25em .6em; }
.says .sheet { overflow-x: auto; white-space: normal; overflow-wrap: break-word; }
.sheet table { display: table; overflow: visible; min-inline-size: 100%; }
.sheet :is(td, th) { min-inline-size: 5em; text-align: start; vertical-align: top; }
.sheet th { font-weight: 600; }
.sheet thead { background: var(--tint); }
code { font: .9em ui-monospace, Menlo, Consolas, monospace; background: var(--tint); border-radius: 4px; padding: 0 .25em; }
.tail { white-space: nowrap; }
.cite { font: 600 .74em/1 var(--sans); color: var(--ink); background: var(--tint); border-radius: 6px; min-inline-size: 24px; min-block-size: 24px; padding: 0 .35em; margin-inline-start: .32em; text-align: center; vertical-align: .08em; transition: background .15s; }
.cite:hover, .cite[aria-expanded="true"] { background: var(--ink); color: var(--paper); }
.aside { color: var(--soft); font-size: .88em; margin-block: .5em 0; }
.aside.understood { margin-block: 0 .7em; }
.note { display: flex; gap: .55em; font-size: .9em; color: var(--soft); border-inline-start: 3px solid var(--line); padding: .1em 0 .1em .75em; margin-block: .1em .8em; }
.note.grave { background: var(--warn-tint); color: var(--warn); border: 0; border-radius: var(--bit); padding: .55em .8em; }
.note svg { margin-block-start: .12em; }
.blank .main { border: 1.5px dashed var(--line); border-radius: var(--round); padding: .85em 1em; }
.sources ol { list-style: none; display: grid; gap: 6px; }
.source { background: var(--paper); border: 1px solid var(--line); border-radius: var(--bit); transition: border-color .2s, box-shadow .2s; scroll-margin: 12px; }
.source.lit { border-color: var(--ink); box-shadow: 0 0 0 3px var(--tint); }
.head { display: flex; gap: .6em; align-items: flex-start; inline-size: 100%; padding: .55em .7em; border-radius: var(--bit); min-block-size: 40px; }
.head > svg { margin-block-start: .1em; color: var(--soft); transition: transform .15s; }
.open .head > svg { transform: rotate(180deg); }
.number { font: 600 .78em/1.5em var(--sans); color: var(--ink); background: var(--tint); border-radius: 6px; min-inline-size: 1.9em; text-align: center; margin-block-start: .12em; flex: none; }
.titles { flex: 1; min-inline-size: 0; display: flex; flex-wrap: wrap; gap: 0 .6em; align-items: center; }
.titles strong { font-weight: 600; font-size: .93em; line-height: 1.4; inline-size: 100%; }
.titles .about, .where { color: var(--soft); font-size: .82em; }
.badge { font: 600 .72em/1.5 var(--sans); background: var(--warn-tint); color: var(--warn); border-radius: 5px; padding: 0 .5em; }
.details { padding: 0 .8em .7em; }
.where:empty { display: none; }
blockquote { border-inline-start: 3px solid var(--mark); padding-inline-start: .75em; margin-block: .45em .55em; font: .97em/1.55 var(--serif); white-space: pre-line; }
.links { display: flex; flex-wrap: wrap; gap: .15em 1.2em; font-size: .88em; }
.links a { display: inline-flex; gap: .3em; align-items: center; min-block-size: 26px; }
.links svg { inline-size: 1em; block-size: 1em; }
.after { display: grid; gap: 14px; min-inline-size: 0; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 4px; margin-inline-start: -7px; }
.tool { display: inline-flex; align-items: center; justify-content: center; gap: .4em; min-inline-size: 34px; min-block-size: 34px; border-radius: var(--bit); color: var(--soft); }
.tool.wide { padding-inline: .6em; font-size: .88em; }
.tool[aria-pressed="true"] { color: var(--ink); background: var(--tint); }
.tool[aria-pressed="true"] path { fill: currentColor; fill-opacity: .3; }
.tool:disabled { opacity: .6; }
.said { color: var(--soft); font-size: .86em; margin-inline-start: 4px; }
.reasons { background: var(--paper); border: 1px solid var(--line); border-radius: var(--bit); padding: .7em .8em; margin-block-start: 6px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; }
.chip { border: 1px solid var(--line); border-radius: 99px; padding: .2em .8em; min-block-size: 30px; font-size: .88em; }
.chip[aria-pressed="true"] { background: var(--tint); border-color: var(--ink); color: var(--ink); }
.line { display: flex; gap: 6px; margin-block-start: 8px; }
.line input { flex: 1; min-inline-size: 0; background: var(--ground); border: 1px solid var(--soft); border-radius: var(--bit); padding: .35em .6em; font-size: max(16px, 1em); }
.small { border: 1px solid currentColor; border-radius: 99px; padding: .2em 1em; min-block-size: 32px; flex: none; color: var(--ink); }
.failed { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; background: var(--bad-tint); color: var(--bad); border-radius: var(--bit); padding: .65em .9em; margin-block-start: 18px; }
.failed p { flex: 1 1 13em; }
.failed .small { color: inherit; }
.waiting { display: flex; align-items: center; gap: 5px; color: var(--soft); font-size: .9em; }
.waiting i { inline-size: 6px; block-size: 6px; border-radius: 50%; background: var(--ink); animation: pulse 1.2s infinite ease-in-out; flex: none; }
.waiting i:nth-child(2) { animation-delay: .15s; }
.waiting i:nth-child(3) { animation-delay: .3s; margin-inline-end: 5px; }
.draft:has(.words:empty) { display: none; }

.foot { flex: none; position: relative; padding: 8px 16px max(10px, env(safe-area-inset-bottom)); }
.asking { display: flex; align-items: flex-end; gap: 6px; background: var(--paper); border: 1px solid var(--soft); border-radius: calc(var(--round) + 6px); padding: 5px 5px 5px 15px; }
[dir="rtl"] .asking { padding: 5px 15px 5px 5px; }
.asking:focus-within { border-color: var(--ink); box-shadow: 0 0 0 3px var(--tint); }
textarea { flex: 1; min-inline-size: 0; background: none; border: 0; outline: 0; resize: none; padding: 7px 0; max-block-size: 9.5em; field-sizing: content; font-size: max(16px, 1em); line-height: 1.45; }
textarea:focus-visible { outline: 0; }
textarea::placeholder, input::placeholder { color: var(--soft); opacity: 1; }
.send { flex: none; inline-size: 38px; block-size: 38px; border-radius: 50%; background: var(--fill); color: var(--on-fill); display: grid; place-items: center; }
.send[data-does="true"] path { fill: currentColor; }
.send:disabled { background: var(--line); color: var(--soft); }
.care { text-align: center; color: var(--soft); font-size: .76em; line-height: 1.5; padding-block-start: 6px; }
.care a, .plain { color: inherit; font-size: 1em; text-decoration: underline; text-underline-offset: .18em; min-block-size: 24px; display: inline-flex; align-items: center; margin-inline-start: .4em; }
.plain.sure { color: var(--bad); font-weight: 600; }
.latest { position: absolute; inset-block-start: -40px; inset-inline-end: 14px; inline-size: 36px; block-size: 36px; border-radius: 50%; background: var(--paper); border: 1px solid var(--soft); color: var(--ink); display: grid; place-items: center; }
.progress { display: flex; align-items: center; gap: 10px; color: var(--soft); font-size: .86em; padding-block-end: 8px; }
.progress progress { flex: 1; block-size: 5px; accent-color: var(--ink); min-inline-size: 3em; }

@container panel (min-width: 640px) {
  .header { padding-inline: 24px; }
  .log { padding: 26px 24px 12px; }
  .foot { padding-inline: 24px; }
  .hello { font-size: 2.1em; margin-block-start: clamp(0em, 6vh, 1.6em); }
  .examples { grid-template-columns: 1fr 1fr; }
  .examples .label { grid-column: 1 / -1; margin-block-end: 0; }
  .says, .draft { font-size: 1.06em; line-height: 1.62; }
}
@container panel (min-width: 1024px) {
  .turns { max-inline-size: 70em; }
  .panel:has(.asked) .foot > :not(.latest) { max-inline-size: calc(var(--size) * 41); margin-inline: max(0px, (100% - var(--size) * 70) / 2) auto; }
  .asked { margin-inline-end: calc(100% - 41em); }
  .reply { grid-template-columns: minmax(0, 41em) minmax(0, 1fr); column-gap: 36px; align-items: start; }
  .reply > :not(.sources) { grid-column: 1; }
  .reply > .sources { grid-column: 2; grid-row: 1 / span 2; }
  .reply { grid-template-rows: auto 1fr; }
}
@container panel (max-width: 384px) {
  .header { padding-inline: 12px 6px; gap: 4px; }
  .crest { display: none; }
  .title { font-size: 1em; }
  .log, .foot { padding-inline: 12px; }
}
@media (max-height: 430px) {
  .panel { overflow-y: auto; }
  .log { flex: none; overflow: visible; }
  .foot { position: sticky; inset-block-end: 0; background: var(--ground); padding-block: 4px; }
  .care { display: none; }
}
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes pulse { 0%, 60%, 100% { opacity: .25; } 30% { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media (forced-colors: active) {
  .crest, .send, .cite, .number, .asked, .tool[aria-pressed="true"], .chip[aria-pressed="true"], .note.grave, .failed, .automatic, .badge { border: 1px solid; }
  .cite[aria-expanded="true"], .tool[aria-pressed="true"], .chip[aria-pressed="true"] { border-width: 3px; }
}
@media print {
  .panel, .log, .says .sheet { display: block; block-size: auto; overflow: visible; }
  .header .icon, .language, .foot, .actions, .next { display: none; }
}
`;
