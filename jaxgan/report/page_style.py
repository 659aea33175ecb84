"""The looks of a report's page: light, readable on a laptop, and on paper."""

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light; --ink: #24292f; --quiet: #57606a; --line: #d8dee4; --soft: #f6f8fa;
  --flag: #a63a00; --good: #1a6b3c; --other: #6b3fa0; --link: #0b5394; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 28px 28px 60px; }
.over { margin: 0; color: var(--quiet); font-size: 15px; overflow-wrap: anywhere; }
h1 { margin: 2px 0 8px; font-size: 46px; line-height: 1.15; letter-spacing: -0.5px; }
h1 span { white-space: nowrap; }
.flag { color: var(--flag); } .good { color: var(--good); } .other { color: var(--other); }
.lead { margin: 0 0 6px; font-size: 20px; } .lead small { color: var(--quiet); font-size: 15px; }
.beyond { font-weight: 600; }
.reading { margin: 8px 0 0; max-width: 70em; color: var(--quiet); font-size: 13.5px; }
.reasons { margin: 0 0 22px; font-size: 18px; max-width: 62em; }
h2 { margin: 40px 0 10px; padding-bottom: 4px; border-bottom: 2px solid var(--line);
  font-size: 23px; }
h3 { margin: 30px 0 2px; font-size: 18px; }
nav { margin: 18px 0 0; color: var(--quiet); font-size: 14.5px; }
nav a { margin-right: 14px; white-space: nowrap; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
thead th { color: var(--quiet); font-weight: 600; font-size: 14px; border-bottom-width: 2px; }
td.number, th.number { text-align: right; white-space: nowrap; }
.head td, .head tbody th { font-size: 17px; padding: 8px 10px; }
.head .value { font-weight: 700; font-size: 21px; }
.head td { white-space: nowrap; }
.head small { display: block; color: var(--quiet); font-weight: 400; font-size: 13.5px; }
.scores { font-size: 14.5px; }
.scores td { white-space: nowrap; }
.scores tbody th { font-weight: 500; }
.scores .group th { background: var(--soft); color: var(--quiet); font-weight: 400;
  font-size: 13.5px; padding-top: 9px; overflow-wrap: anywhere; }
.outside { color: var(--flag); font-weight: 600; } .inside { color: var(--good); }
figure { margin: 0 0 8px; }
figure img { display: block; max-width: 100%; height: auto; margin: 8px 0 6px; }
figcaption, .missing { max-width: 66em; color: var(--ink); font-size: 15px; }
.missing { color: var(--quiet); }
dl { columns: 2; column-gap: 40px; font-size: 14.5px; margin: 0; }
dl div { break-inside: avoid; margin-bottom: 10px; }
dt { font-weight: 650; } dd { margin: 0; } dt:target { background: #fff3c4; }
.protocol th { width: 12em; font-weight: 500; color: var(--quiet); }
.protocol td { overflow-wrap: anywhere; }
footer { margin-top: 40px; color: var(--quiet); font-size: 13.5px; }
@media screen and (max-width: 760px) { dl { columns: 1; } h1 { font-size: 34px; }
  main { padding: 16px; }
  table { display: block; overflow-x: auto; } }
@media print { @page { size: A4; margin: 14mm; } body { font-size: 10.5pt; } nav { display: none; }
  main { padding: 0; max-width: none; } h1 { font-size: 30pt; }
  h2, h3 { break-after: avoid; } figure, .head { break-inside: avoid; }
  .group { break-after: avoid; }
  section.figure { break-inside: avoid; } .scores, dl, figcaption { font-size: 9pt; }
  .reasons { font-size: 11.5pt; } .head td, .head tbody th { font-size: 10pt; padding: 5px 6px; }
  .head .value { font-size: 12pt; } th, td { padding: 3px 6px; } tr { break-inside: avoid; } }
"""
