/** The report's style: light and dark by the reader's preference, and plain on paper. */
export const reportStyle = `
:root { color-scheme: light dark; --page:#fff; --ink:#1b2733; --quiet:#5d6b79; --line:#d9dfe5; --panel:#f5f7f9; --accent:#1f5f8b; --sea:#dfe4e8; --coast:#111; --band:#eef2f6; }
@media (prefers-color-scheme: dark) { :root { --page:#14191f; --ink:#e3e8ed; --quiet:#93a1ae; --line:#323c47; --panel:#1c232b; --accent:#7fb8e0; --sea:#39424c; --coast:#111; --band:#222b34; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--page); color:var(--ink); font:15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width:1080px; margin:0 auto; padding:36px 28px 64px; }
h1 { font:600 28px/1.25 Georgia, "Times New Roman", serif; margin:0 0 4px; overflow-wrap:anywhere; }
h2 { font:600 19px/1.3 Georgia, "Times New Roman", serif; margin:40px 0 6px; padding-top:14px; border-top:1px solid var(--line); }
h3 { font-size:15px; font-weight:600; margin:18px 0 2px; }
p { margin:4px 0 12px; max-width:78ch; } .lead { color:var(--quiet); font-size:16px; max-width:none; }
.quiet { color:var(--quiet); } code { font:0.9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap:anywhere; }
dl.facts { display:grid; grid-template-columns:repeat(4, 1fr); margin:22px 0 0; border-top:1px solid var(--line); }
dl.facts div { padding:9px 14px 9px 0; border-bottom:1px solid var(--line); }
 dl.facts dt { color:var(--quiet); font-size:12px; letter-spacing:.03em; }
dl.facts dd { margin:0; font-variant-numeric:tabular-nums; overflow-wrap:anywhere; }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums; margin:8px 0 4px; }
th, td { text-align:left; padding:5px 14px 5px 0; border-bottom:1px solid var(--line); vertical-align:baseline; } th { font-weight:600; font-size:13px; color:var(--quiet); }
td.number, th.number { text-align:right; white-space:nowrap; } td.name { white-space:nowrap; } td.meaning { color:var(--quiet); font-size:14px; }
tr.changed td { font-weight:600; } table.settings td:first-child { width:34%; } td.break { overflow-wrap:anywhere; }
.chip { display:inline-block; min-width:22px; padding:0 6px; border-radius:3px; text-align:center; font-weight:600; font-size:13px; line-height:20px; }
.share { display:inline-block; height:10px; border-radius:2px; vertical-align:middle; }
svg { display:block; width:100%; height:auto; } svg.definitions { position:absolute; width:0; height:0; }
text { fill:var(--quiet); font-size:12px; font-variant-numeric:tabular-nums; } text.lane { text-anchor:end; } text.middle, text.inside { text-anchor:middle; } 
text.tiny { font-size:9px; } .ribbon { margin-top:12px; }
.grid { stroke:var(--line); stroke-width:1; } .grid.above { stroke:var(--page); stroke-opacity:.55; } .band { fill:var(--band); } .line { fill:none; stroke:var(--accent); stroke-width:1.6; stroke-linejoin:round; }
figure { margin:18px 0 0; } figcaption { font-size:14px; margin-bottom:6px; }
.maps { display:grid; grid-template-columns:repeat(var(--columns), minmax(0, 270px)); gap:18px 14px; } .map .name { font-size:13px; margin-bottom:3px; padding-left:16%; white-space:nowrap; font-variant-numeric:tabular-nums; }
.map image { image-rendering:pixelated; } .sea { fill:var(--sea); } .frame { fill:none; stroke:var(--quiet); stroke-width:.8; } .mark { stroke:var(--quiet); stroke-width:.8; }
.coast, .border, .graticule, .stipple { fill:none; vector-effect:non-scaling-stroke; stroke-linejoin:round; stroke-linecap:round; }
.coast { stroke:var(--coast); stroke-width:var(--coast-width, .9); } .border { stroke:var(--coast); stroke-width:var(--border-width, .5); stroke-opacity:.6; } .graticule { stroke:var(--coast); stroke-width:.4; stroke-opacity:.3; }
.over { fill:var(--ink); stroke:var(--page); stroke-width:2; stroke-opacity:.75; paint-order:stroke; stroke-linejoin:round; } .map .second { margin-top:7px; }
.wide { --coast-width:.5; --border-width:.25; }
.stipple { stroke:#000; stroke-opacity:.62; stroke-width:1.1; vector-effect:none; }
.bars { display:grid; grid-template-columns:repeat(3, minmax(0, 1fr)); gap:6px 44px; margin:12px 12px 0 24px; max-width:900px; }
.bar { font-size:12px; font-variant-numeric:tabular-nums; } .gradient { height:11px; border:1px solid var(--quiet); margin:2px 0; }
.numbers { position:relative; height:1.5em; color:var(--quiet); } .numbers span { position:absolute; width:0; display:flex; justify-content:center; white-space:nowrap; }
.pair { display:grid; grid-template-columns:repeat(2, minmax(0, 1fr)); gap:0 36px; align-items:start; } .cells { image-rendering:pixelated; }
.divider { stroke:#000; stroke-opacity:.35; stroke-width:.7; fill:none; } .points { fill:none; stroke-width:4.5; stroke-linecap:round; stroke-opacity:.75; } .centre { stroke:#fff; stroke-width:1.5; }
.marks { fill:none; stroke:var(--accent); stroke-width:4; stroke-linecap:round; }
table.transitions { width:auto; } .transitions th, .transitions td { text-align:center; padding:4px 0; min-width:46px; border:1px solid var(--line); } .transitions th { border-color:transparent; } .transitions th[scope=row] { padding-right:10px; } .transitions .dwell { border-color:transparent; padding-left:18px; text-align:right; }
.warnings { margin:22px 0 0; padding:10px 16px 12px; border:1px solid #b7791f; border-left-width:5px; background:var(--panel); } .warnings h2 { margin:0; padding:0; border:0; font-size:16px; } .warnings ul { margin:4px 0 0; padding-left:20px; }
.charts { display:grid; grid-template-columns:repeat(auto-fill, minmax(270px, 1fr)); gap:10px 22px; } .chart { margin:8px 0 0; } .chart figcaption { font-size:13px; margin:0; }
details { margin-top:8px; } summary { cursor:pointer; color:var(--accent); } ul.notes { padding-left:24px; margin:6px 0; } footer { margin-top:44px; color:var(--quiet); font-size:13px; }
@media screen and (max-width:760px) {
  main { padding:24px 16px 48px; overflow-x:clip; } dl.facts, .maps { grid-template-columns:repeat(2, minmax(0, 1fr)); } .bars, .pair { grid-template-columns:1fr; }
  table { display:block; overflow-x:auto; } td.meaning { min-width:16em; }
}
@media print {
  :root { color-scheme:light; --page:#fff; --ink:#000; --quiet:#444; --line:#bbb; --panel:#fff; --accent:#1f5f8b; --sea:#e4e4e4; --coast:#222; --band:#eee; }
  @page { size:A4 portrait; margin:15mm 14mm; } body { font-size:9.5pt; line-height:1.4; } main { max-width:none; padding:0; }
  h1 { font-size:17pt; } h2 { font-size:13pt; margin-top:18pt; padding-top:8pt; } h2, h3, h2 + p, figcaption { break-after:avoid; } p { orphans:3; widows:3; max-width:none; } .lead { font-size:10pt; }
  figure, tr, .map, .bars, .warnings, .chart, .ribbon, dl.facts, p { break-inside:avoid; } figure.field { break-inside:auto; } table { break-inside:avoid; } details table { break-inside:auto; } .bars { break-before:avoid; }
  th, td { padding:2.5pt 8pt 2.5pt 0; } td.meaning { font-size:8.5pt; } .maps { gap:10px 8px; } .map .name { font-size:7.5pt; } figcaption { font-size:9pt; } .chip { min-width:17px; padding:0 4px; font-size:8pt; line-height:15px; }
  .charts { grid-template-columns:repeat(3, 1fr); gap:6px 14px; } .pair { gap:0 20px; } dl.facts { margin-top:12pt; } dl.facts div { padding:5pt 10pt 5pt 0; }
  * { print-color-adjust:exact; -webkit-print-color-adjust:exact; } details::details-content { content-visibility:visible; display:block; }
}
`;
