"""Reads the tables of the studies in this directory with DuckDB and Polars, and compares them with the CSV beside them; then runs
the queries of the documentation, which is named by the argument.
"""

import contextlib
import csv
import io
import math
import re
import sys
from pathlib import Path

import duckdb
import polars

# What a column holds, to DuckDB and to Polars, and how its text in CSV reads.
TEXT = ("VARCHAR", polars.String, str)
WHOLE = ("UBIGINT", polars.UInt64, int)
NUMBER = ("DOUBLE", polars.Float64, lambda text: float(text) if text else None)
TEXTS = {"name", "run_id", "digest", "case_id", "kpi", "unit", "drill.process_time"}
WHOLES = {"case", "replication", "replications", "events"}


def kind(column):
    return TEXT if column in TEXTS else WHOLE if column in WHOLES else NUMBER


def same(one, other):
    """Whether two values are the same bits."""
    signs = [math.copysign(1.0, value) for value in (one, other) if isinstance(value, float)]
    return type(one) is type(other) and one == other and len(set(signs)) < 2


def compare(study, table):
    with open(study / "csv" / f"{table}.csv", newline="", encoding="utf-8") as file:
        names, *lines = csv.reader(file)
    kinds = [kind(name) for name in names]
    expected = [[read(text) for (_, _, read), text in zip(kinds, line, strict=True)] for line in lines]
    path = str(study / "results" / f"{table}.parquet")
    relation = duckdb.read_parquet(path)
    frame = polars.read_parquet(path)
    assert relation.columns == names == frame.columns, (relation.columns, names, frame.columns)
    assert [str(found) for found in relation.types] == [known for known, _, _ in kinds], relation.types
    assert frame.dtypes == [known for _, known, _ in kinds], frame.dtypes
    for reader, found in (("DuckDB", relation.fetchall()), ("Polars", frame.rows())):
        assert len(found) == len(expected), (reader, table, len(found), len(expected))
        for row, (had, wanted) in enumerate(zip(found, expected, strict=True)):
            for name, one, other in zip(names, had, wanted, strict=True):
                assert same(one, other), (reader, str(study), table, row, name, one, other)
    nothing = sum(value is None for row in expected for value in row)
    print(f"{study.name}/{table}: {len(expected)} rows of {len(names)} columns are the same, {nothing} values are none")
    return nothing


def blocks(language, text):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def main():
    studies = sorted(Path.cwd().glob("*.study"))
    nothing = sum(compare(study, table) for study in studies for table in ("runs", "cases", "kpis"))
    assert len(studies) == 2 and nothing > 0, "the comparison would be of little worth"
    documentation = Path(sys.argv[1]).read_text(encoding="utf-8").split("## The tables of a study")[1]
    (query,) = blocks("sql", documentation)
    (answer,) = blocks("text", documentation)
    shown = str(duckdb.sql(query))
    assert shown.strip() == answer.strip(), f"docs/results.md shows something else than DuckDB now:\n{shown}"
    (program,) = blocks("python", documentation)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(program, {})
    assert "shape: (128, 4)" in said.getvalue(), said.getvalue()


main()
