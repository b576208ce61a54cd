"""How a report looks: light or dark as the reader's device is, and narrow where it is narrow."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b2430; --faint: #5c6675; --line: #dfe3ea;
  --card: #f6f8fa; --good: #0b7a6c; --doubtful: #96650a; --bad: #b93426; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --ink: #e6e9ee; --faint: #9aa5b4;
  --line: #2c343f; --card: #1a2028; --good: #3fbfa9; --doubtful: #e2ac4d; --bad: #f0796a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
p { margin: .5rem 0; }
.lead p { padding: .6rem .8rem; background: var(--card); border-left: .3rem solid var(--line); }
p.good { border-color: var(--good); color: var(--good); }
p.doubtful { border-color: var(--doubtful); color: var(--doubtful); }
p.bad { border-color: var(--bad); color: var(--bad); }
.lead p:first-child { font-size: 1.15rem; font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--paper); }
th { font-weight: 600; color: var(--faint); }
figure { margin: .6rem 0 1.4rem; }
figcaption { font-weight: 600; }
.plot { width: 100%; height: 22rem; }
.plot.tall { height: 30rem; }
select { font: inherit; max-width: 100%; padding: .3rem; color: inherit; background: var(--card);
  border: 1px solid var(--line); }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); color: var(--faint); font-size: .875rem; }
@media (max-width: 40rem) { body { padding: .7rem; } table { font-size: .875rem; }
  th, td { padding: .25rem .45rem; } th:first-child, td:first-child { white-space: normal; } }
@media print { .choice .option { display: block !important; } }
"""
