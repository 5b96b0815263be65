/** The report's style, for light and dark mode, screens and phones. */
export const style = `
:root{
  color-scheme:light dark;--ground:#fff;--ink:#14181f;--soft:#5b6472;--line:#d5dbe3;--panel:#f5f7fa;--ok:#1a7f43;
  --bad:#b42318;--warn:#9a5b00;--bar:#2f6fed
}
@media(prefers-color-scheme:dark){
  :root{--ground:#0f141b;--ink:#e9eef5;--soft:#9aa6b5;--line:#2b3644;--panel:#161d27;--ok:#4cc47c;--bad:#ff7b72;--warn:#f0a04b}
}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
a{color:var(--bar)}
main{max-width:62rem;margin:0 auto;padding:1.25rem 1rem 4rem}
h1{font-size:1.4rem;margin:.25rem 0}
h2{font-size:1.05rem;margin:2rem 0 .5rem}
.verdict{display:inline-block;padding:.15rem .6rem;border-radius:.4rem;color:#fff;font-weight:700}
.passed{background:#1a7f43}
.failed{background:#b42318}
.stopped{background:#5b6472}
.dirty{background:#9a5b00}
.soft{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.75rem 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.phase{display:grid;grid-template-columns:7rem 1fr 5.5rem;gap:.6rem;align-items:center;margin:.2rem 0}
.track{background:var(--panel);height:1rem;border-radius:.25rem;position:relative}
.bar{position:absolute;top:0;height:100%;min-width:2px;border-radius:.25rem;background:var(--bar)}
.phase span:last-child{text-align:right;font-variant-numeric:tabular-nums}
.failing .bar{background:var(--bad)}
.failing>span:first-child{color:var(--bad);font-weight:700}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td{border-top:1px solid var(--line);padding:.35rem .5rem .35rem 0;vertical-align:top;overflow-wrap:anywhere}
td:first-child{width:5.5rem}
td:last-child{width:5.5rem;text-align:right;padding-right:0}
td:first-child,td:last-child{white-space:nowrap}
.ok{color:var(--ok)}
.bad{color:var(--bad)}
.warn{color:var(--warn)}
table.figures td:first-child,table.figures td:last-child{width:auto}
table.figures td{text-align:right;font-variant-numeric:tabular-nums}
table.figures td:first-child{text-align:left}
pre{
  background:var(--panel);padding:.75rem;border-radius:.4rem;overflow:auto;font-size:.82rem;line-height:1.4;
  white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0
}
.rungs{list-style:none;counter-reset:rung;display:flex;flex-wrap:wrap;gap:.4rem;margin:.5rem 0;padding:0}
.rungs li{counter-increment:rung;border:1px solid currentcolor;border-radius:.4rem;padding:.2rem .6rem}
.rungs li::before{content:counter(rung) " "}
.rungs span{margin-left:.5rem;font-size:.85rem}
.shot{max-width:100%;height:auto;border:1px solid var(--line);border-radius:.4rem}
.chart{overflow:auto;border:1px solid var(--line);border-radius:.4rem}
.chart svg{display:block;margin:0 auto;max-width:100%;height:auto}
@media(max-width:36rem){
  .phase{grid-template-columns:6.6rem 1fr 4.5rem}
  dl{grid-template-columns:1fr}
  dt{margin-top:.4rem}
}
`;
