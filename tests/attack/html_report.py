"""The report of a run: a row of a table for each row of the matrix and each column, in one file that needs no other."""

from __future__ import annotations

import html
from typing import Dict, Iterator, List, Sequence, Tuple

from matrix import GROUPS, MATRIX, Entry
from verdicts import Verdict, Verdicts

STYLE = """
body { font-family: sans-serif; margin: 2em; }
table { border-collapse: collapse; }
td, th { border: 1px solid #bbb; padding: 0.2em 0.5em; text-align: left; vertical-align: top; }
td.lines { font-family: monospace; white-space: pre-wrap; max-width: 60em; overflow-wrap: anywhere; }
.passed { background: #dfd; } .failed { background: #fbb; } .hardware-only, .absent, .not-applicable { background: #eee; }
"""
HEADINGS = ("row", "CPU", "claim", "attack", "expected", "outcome", "what decided it")
LINES_MAX = 8  # of a row with many variants


def _cells(*texts: str) -> str:
    return "".join(f"<td>{html.escape(text)}</td>" for text in texts)


def _shown(verdict: Verdict) -> str:
    lines = list(verdict.lines[:LINES_MAX])
    if len(verdict.lines) > LINES_MAX:
        lines.append(f"and {len(verdict.lines) - LINES_MAX} lines more")
    return html.escape("\n".join(lines))


def _row(entry: Entry, column: str, verdict: Verdict) -> str:
    first = _cells(entry.name, column, entry.claim, entry.attack, entry.expected)
    outcome = f'<td class="{verdict.kind}">{verdict.kind}</td><td class="lines">{_shown(verdict)}</td>'
    return f"<tr>{first}{outcome}</tr>"


def _group(group: str, found: Verdicts) -> Iterator[str]:
    yield f"<h2>{html.escape(f'({group}) {GROUPS[group]}')}</h2>"
    yield "<table><tr>" + "".join(f"<th>{heading}</th>" for heading in HEADINGS) + "</tr>"
    for name, entry in MATRIX.items():
        if entry.group == group:
            yield from (_row(entry, column, rows[name]) for column, rows in found.items())
    yield "</table>"


def page(title: str, body: List[str]) -> str:
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
    return "\n".join([f"{head}<style>{STYLE}</style></head><body><h1>{html.escape(title)}</h1>", *body, "</body></html>\n"])


def report(found: Verdicts, closing: List[str]) -> str:
    body = ["<pre>" + html.escape("\n".join(closing)) + "</pre>"]
    return page("Attack suite", body + [line for group in GROUPS for line in _group(group, found)])


def mutation_report(
    lines: Sequence[Tuple[str, str, str, str, Sequence[str]]], void: Sequence[str], explained: Dict[str, str], closing: str
) -> str:
    """Of each mitigation: its name, its claim, the rows that name it, what came of its removal, and what failed."""
    body = [f"<pre>{html.escape(closing)}</pre>", "<table><tr>"]
    body += [f"<th>{heading}</th>" for heading in ("mitigation", "claim", "rows", "outcome", "what failed without it")]
    for name, claim, rows, outcome, failed in lines:
        kind = "passed" if outcome in ("proved", "explained") else "failed"
        body.append(f'</tr><tr>{_cells(name, claim, rows)}<td class="{kind}">{html.escape(outcome)}</td>')
        body.append(_cells(", ".join(failed)))
    body += ["</tr></table><h2>Rows that no removal breaks</h2><table>"]
    body += [f"<tr>{_cells(row, MATRIX[row].claim, 'void')}</tr>" for row in void]
    body += [f"<tr>{_cells(row, MATRIX[row].claim, reason)}</tr>" for row, reason in explained.items()]
    return page("Mutation of the mitigations", body + ["</table>"])
