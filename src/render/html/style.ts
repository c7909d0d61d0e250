/**
 * The look of every page, in one style: light and dark by the reader's setting, paper, and screens
 * from 320 pixels. ASCII only.
 */
const LIGHT = `--page:#f5f6f8;--card:#fff;--sunk:#f0f2f5;--text:#1c2530;--muted:#55616e;--line:#dce1e7;
--bad:#a12622;--bad-soft:#fcebea;--warn:#7a4f00;--warn-soft:#fdf2d9;--good:#1c6a3c;--good-soft:#e4f3e9;
--info:#1f548c;--info-soft:#e6eff9;--quiet:#4d5966;--quiet-soft:#e9ecf0;`
const DARK = `--page:#11151a;--card:#191f26;--sunk:#212932;--text:#e3e8ee;--muted:#a3b0bd;--line:#2f3943;
--bad:#f4a6a1;--bad-soft:#3c2223;--warn:#ecc873;--warn-soft:#352b15;--good:#92d6a9;--good-soft:#183122;
--info:#a0c8f4;--info-soft:#1a2c41;--quiet:#b4c0cc;--quiet-soft:#2a333d;`

export const STYLE = `
:root{${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
code,.address,.number{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
p{margin:.25rem 0}
ul,ol{margin:0;padding:0;list-style:none}
main,.top,body>footer{max-width:72rem;margin:0 auto;padding:0 1.5rem}
.top{display:flex;gap:.5rem;align-items:baseline;padding-top:1.25rem;padding-bottom:.75rem;color:var(--muted);font-size:.875rem}
.top strong{color:var(--text);letter-spacing:.02em}
body>footer{padding-top:1rem;padding-bottom:2.5rem;color:var(--muted);font-size:.8125rem}
a{color:var(--info)}
h1,h2,h3{line-height:1.25;margin:0;text-wrap:balance}
h1,.hero h2{font-size:1.625rem;font-weight:650;letter-spacing:-.01em}
.part>h2,.part>h3{font-size:1.0625rem;font-weight:650;margin-bottom:.75rem}
small{font-size:.8125rem;font-weight:400;color:var(--muted)}
.muted{color:var(--muted);font-size:.9375em}
.unknown{color:var(--warn)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bad{--tone:var(--bad);--soft:var(--bad-soft)}
.warn{--tone:var(--warn);--soft:var(--warn-soft)}
.good{--tone:var(--good);--soft:var(--good-soft)}
.info{--tone:var(--info);--soft:var(--info-soft)}
.quiet{--tone:var(--quiet);--soft:var(--quiet-soft)}
.badge{display:inline-block;padding:.0625rem .5rem;border-radius:1rem;background:var(--soft);color:var(--tone);font-size:.8125rem;font-weight:600;line-height:1.5}
.hero,.part,.alert{background:var(--card);border:1px solid var(--line);border-radius:.625rem;padding:1.25rem 1.5rem;margin-bottom:1rem}
.hero{border-left:.3125rem solid var(--tone);padding-top:1.125rem}
.hero .about{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center;margin:0 0 .5rem;color:var(--muted)}
.hero .about strong{color:var(--text)}
.hero .summary{margin-top:.5rem;color:var(--muted)}
.part.bad,.part.warn{border-left:.3125rem solid var(--tone)}
.alert{background:var(--soft);border-color:var(--tone);color:var(--text)}
.alert strong{color:var(--tone)}
.facts{display:flex;flex-wrap:wrap;gap:.75rem 2.25rem;margin:1rem 0 0;padding-top:1rem;border-top:1px solid var(--line)}
.facts dt{color:var(--muted);font-size:.8125rem}
.facts dd{margin:0;font-size:1.375rem;font-weight:650;line-height:1.2;color:var(--tone);font-variant-numeric:tabular-nums}
.facts .quiet dd,.facts .info dd{color:var(--text)}
.nodes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:.625rem;margin:0 0 1rem}
.nodes li{background:var(--card);border:1px solid var(--line);border-radius:.625rem;padding:.5rem .875rem}
.address{color:var(--muted)}
.clusters li{display:grid;grid-template-columns:6rem minmax(6rem,auto) 1fr;gap:.25rem .75rem;align-items:baseline;padding:.5rem 0;border-top:1px solid var(--line)}
.overview h1{margin-bottom:.75rem}
.cluster{margin-bottom:2rem}
.cluster+.cluster{padding-top:2rem;border-top:2px solid var(--line)}
.cluster:target{scroll-margin-top:1rem}
.finding{border:1px solid var(--line);border-left:.25rem solid var(--tone);border-radius:.375rem;padding:.625rem .875rem;margin-bottom:.625rem}
.finding .finding{margin-top:.5rem}
.finding-head{display:flex;flex-wrap:wrap;gap:.25rem .625rem;align-items:baseline;margin-top:0}
.rule{color:var(--muted)}
.fix,.accepted{margin-top:.375rem}
.accepted{padding:.375rem .625rem;border-radius:.375rem;background:var(--sunk)}
.copied{margin:.375rem 0;padding:.5rem .75rem;border-radius:.375rem;background:var(--sunk);white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}
details{margin:.25rem 0}
th details,.diff-head details{margin:0}
summary{cursor:pointer;width:fit-content;max-width:100%;border-radius:.25rem;color:var(--info)}
summary strong{font-weight:600}
summary:focus-visible,a:focus-visible{outline:.125rem solid var(--info);outline-offset:.125rem}
.folded{margin:.375rem 0 .375rem .375rem;padding-left:.75rem;border-left:2px solid var(--line)}
.plain li{padding:.25rem 0}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{border-top:0;color:var(--muted);font-size:.8125rem;font-weight:600;white-space:nowrap}
tr.group th{background:var(--sunk);padding-left:.5rem;font-weight:600}
th[scope=row]{min-width:11rem}
td{min-width:5.5rem}
.step-over{font-variant-numeric:tabular-nums}
del{color:var(--muted);text-decoration:none}
ins{color:var(--good);font-weight:600;text-decoration:none}
.arrow{color:var(--muted)}
.diff>li{display:flex;gap:.75rem;padding:.5rem 0;border-top:1px solid var(--line)}
.diff>li:first-child{border-top:0;padding-top:0}
.diff>li>div{flex:1;min-width:0}
.sign{flex:none;width:1.375rem;height:1.375rem;border-radius:.25rem;text-align:center;font-weight:700;line-height:1.375rem;background:var(--quiet-soft);color:var(--quiet)}
.diff .add>.sign{background:var(--good-soft);color:var(--good)}
.diff .change>.sign{background:var(--info-soft);color:var(--info)}
.diff .remove>.sign{background:var(--bad-soft);color:var(--bad)}
.diff dl{margin:.25rem 0 0}
.diff dl>div,.origin>div{display:grid;grid-template-columns:8rem minmax(0,1fr);gap:.75rem}
.diff dt,.origin dt{color:var(--muted)}
.diff dd,.origin dd{margin:0}
.diff .remove del{color:var(--bad)}
.diff del,.diff ins{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
.origin{margin:.875rem 0 0;font-size:.9375rem}
.legend{margin:0 0 .875rem}
.before{color:var(--muted)}
.timeline{position:relative;margin-top:.75rem}
.timeline .stage{position:relative;display:grid;grid-template-columns:4.5rem minmax(0,1fr);gap:.75rem;padding-bottom:1rem}
.timeline .stage::before{content:"";position:absolute;left:2.25rem;top:0;bottom:0;width:2px;margin-left:-1px;background:var(--line)}
.timeline>.stage:last-child::before,.timeline>.together:last-child .stage:last-child::before{bottom:auto;height:1rem}
.number{position:relative;align-self:start;justify-self:center;min-width:2rem;padding:.125rem .375rem;border:1px solid var(--line);border-radius:1rem;background:var(--card);text-align:center;font-weight:600;white-space:nowrap}
.stage .what{margin:.125rem 0 0}
.detail{color:var(--muted)}
.stop{position:relative;margin:.375rem 0 0;font-size:.875rem}
.stop::before{content:"";position:absolute;left:-3.375rem;top:.3125rem;width:.75rem;height:.75rem;border-radius:50%;border:2px solid var(--card);background:var(--good)}
.stop.safe{color:var(--good)}
.stop.unsafe{color:var(--bad);font-weight:600}
.stop.unsafe::before{background:var(--bad);border-radius:.125rem}
.stop.unsafe li{font-weight:400;color:var(--text)}
.together{position:relative;margin:0 0 1rem -.5rem;padding:.625rem .625rem 0 .5rem;border:1px dashed var(--line);border-radius:.5rem}
.together.canary{border-color:var(--info)}
.group-name{margin:0 0 .75rem;padding-left:.375rem;color:var(--muted);font-size:.875rem}
.steps li{padding:.1875rem 0;border-top:1px solid var(--line)}
.steps,.steps li{list-style:decimal;margin-left:1.25rem}
.run-bar{display:block;width:100%;height:.625rem;min-width:6rem;border-radius:.3125rem;background:var(--sunk)}
.run-bar rect{fill:var(--tone)}
td.time{white-space:nowrap}
td .badge,th .badge{white-space:nowrap}
.run th[scope=row]{width:42%}
.run td.bar{width:32%;padding-top:.875rem}
.drift .why td{border-top:0;padding-top:0;padding-bottom:.875rem}
.drift thead th:nth-child(2),.drift thead th:nth-child(3){width:24%}
@media (max-width:44rem){
body{font-size:15px}
main,.top,body>footer{padding-left:.75rem;padding-right:.75rem}
.hero,.part,.alert{padding:.875rem .875rem}
h1,.hero h2{font-size:1.3125rem}
.facts{gap:.625rem 1.5rem}
.clusters li{grid-template-columns:1fr}
.diff dl>div,.origin>div{grid-template-columns:1fr;gap:0;margin-bottom:.25rem}
.stack,.stack tbody,.stack tr,.stack th,.stack td{display:block}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack tr{padding:.625rem 0;border-top:1px solid var(--line)}
.stack tbody>tr:first-child{border-top:0}
.stack th,.stack td{min-width:0;border:0;padding:.0625rem 0}
.stack th[scope=row]{font-weight:600;min-width:0}
.stack td[data-label]{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.5rem}
.stack td.bar{padding:.375rem 0}
.run th[scope=row],.run td.bar{width:auto}
.stack td[data-label]::before{content:attr(data-label);color:var(--muted)}
.timeline .stage{grid-template-columns:3.75rem minmax(0,1fr);gap:.5rem}
.timeline .stage::before{left:1.875rem}
.stop::before{left:-2.75rem}
}
@media print{
:root{--page:#fff}
body{font-size:10.5pt}
main,.top,body>footer{max-width:none;padding-left:0;padding-right:0}
.hero,.part,.nodes li,.finding{break-inside:avoid-page}
.part{break-inside:auto}
tr,.stage,.diff>li{break-inside:avoid}
details::details-content{content-visibility:visible;display:block;height:auto}
summary{list-style:none;color:inherit}
*{print-color-adjust:exact}
}
`
