# SPDX-License-Identifier: Apache-2.0
"""Tables of figures: printed, kept as JSON, and written as a page of Markdown."""

import dataclasses
import json
import pathlib


@dataclasses.dataclass
class Table:
    title: str
    note: str  # one paragraph: what was measured, and how
    columns: list
    rows: list  # of lists; numbers, texts, or None where there is nothing to say


def text_of(value):
    """Three digits say all that a measurement knows."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def print_table(table):
    cells = [table.columns] + [[text_of(value) for value in row] for row in table.rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.columns))]
    print(f"\n{table.title}\n{table.note}\n")
    for row in cells:
        print(row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:])), sep="  ")


def to_markdown(table):
    lines = ["| " + " | ".join(table.columns) + " |", "|---" + "|---:" * (len(table.columns) - 1) + "|"]
    lines += ["| " + " | ".join(text_of(value) for value in row) + " |" for row in table.rows]
    return "\n".join(lines)


class Results:
    """The tables of the newest run of each section, in a JSON file; a run replaces those that it measured."""

    def __init__(self, file):
        self.file = pathlib.Path(file)
        self.sections = json.loads(self.file.read_text()) if self.file.exists() else {}

    def keep(self, section, table, machine, commit):
        self.sections[section] = {"table": dataclasses.asdict(table), "machine": machine, "commit": commit}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.sections, indent=2) + "\n")

    def write_page(self, file, order):
        sections = [self.sections[name] for name in order if name in self.sections]
        machines = [section["machine"] for section in sections]
        page = [
            "# Benchmarks",
            "Written by `./dev bench`. What is compared is measured in turns in one run, and a share is the median of the "
            "rounds' ratios: ratios carry to other machines better than rates. The load runs on the same cores. Writes of Gyre are "
            "durable (one sync a batch) and leave a change record each.",
            machine_text(machines),
        ]
        for section in sections:
            table = Table(**section["table"])
            page += [f"## {table.title}", f"{table.note} Commit {section['commit']}.", to_markdown(table)]
        target = pathlib.Path(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n\n".join(page) + "\n")


def machine_text(machines):
    newest = machines[-1]
    syncs = sorted(machine["fdatasync_ms"] for machine in machines)
    return (f"The machine: {newest['processor']}, {newest['cores']} cores, {newest['memory_gb']} GB, Linux "
            f"{newest['kernel']}. An fdatasync of 4 KB takes {syncs[0]:.2f} to {syncs[-1]:.2f} ms on its disk (medians of the "
            "runs).")  # fmt: skip
