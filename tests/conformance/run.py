#!/usr/bin/env python3
"""run.py PIPEC_CONFORMANCE: the binder against the answers of Spark's analyser; fails below floor.json, which
PIPEC_BLESS=1 writes anew.

The cases are found by $PIPEC_CONFORMANCE, or beside the repository in ../shared/conformance/spark_open.jsonl. They are
not part of the project: where there are none the test says SKIPPED and passes.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLOOR = HERE / "floor.json"


def cases_file():
    named = os.environ.get("PIPEC_CONFORMANCE")
    if named:
        path = Path(named)
        return path / "spark_open.jsonl" if path.is_dir() else path
    return HERE.parents[2] / "shared" / "conformance" / "spark_open.jsonl"


def same_type(text):
    return re.sub(r"\s*([<>:,()])\s*", r"\1", (text or "").lower()).replace("`", "")


def share(part, whole):
    return round(part / whole, 4) if whole else 1.0


def measure(cases, answers):
    count = dict.fromkeys(
        "accepted accept types null null_unsound columns wrong lineage lineage_exact analysis analysis_found parse parse_found".split(), 0)
    for case in cases:
        answer = answers.get(case["id"], {"status": "crash"})
        if case["label"].startswith("reject"):
            kind = "parse" if case["label"] == "reject_parse" else "analysis"
            count[kind] += 1
            count[kind + "_found"] += answer["status"] == "reject"
            continue
        columns = answer.get("columns") or []
        count["accept"] += 1
        count["accepted"] += answer["status"] == "ok"
        exact = answer["status"] == "ok" and [same_type(c["type"]) for c in columns] == [same_type(t) for t in case["types"]]
        count["types"] += exact
        count["null"] += exact and [c["nullable"] for c in columns] == case["nullable"]
        if answer["status"] == "ok" and len(columns) == len(case["types"]):
            for column, expected, nullable in zip(columns, case["types"], case["nullable"]):
                count["columns"] += 1
                count["wrong"] += same_type(column["type"]) not in (same_type(expected), "unknown")
                count["null_unsound"] += column["nullable"] is False and nullable
        if case.get("lineage"):
            expected = case["lineage"]["cols"]
            count["lineage"] += len(expected)
            if answer["status"] == "ok" and len(columns) == len(expected):
                count["lineage_exact"] += sum(set(c["sources"]) == set(e["all"]) for c, e in zip(columns, expected))
    return {
        "accepted": share(count["accepted"], count["accept"]),
        "types_exact": share(count["types"], count["accept"]),
        "nullability_exact": share(count["null"], count["accept"]),
        "columns_not_wrong": share(count["columns"] - count["wrong"], count["columns"]),
        "columns_null_sound": share(count["columns"] - count["null_unsound"], count["columns"]),
        "lineage_exact": share(count["lineage_exact"], count["lineage"]),
        "analysis_errors_found": share(count["analysis_found"], count["analysis"]),
        "parse_errors_found": share(count["parse_found"], count["parse"]),
    }


def main():
    path = cases_file()
    if not path.exists():
        print("SKIPPED: no conformance cases; name them by $PIPEC_CONFORMANCE")
        return 0
    text = path.read_text(encoding="utf-8")
    run = subprocess.run([sys.argv[1]], input=text, capture_output=True, text=True, encoding="utf-8", timeout=300)
    answers = {answer["id"]: answer for answer in map(json.loads, run.stdout.splitlines())}
    score = measure([json.loads(line) for line in text.splitlines()], answers)
    if os.environ.get("PIPEC_BLESS"):
        FLOOR.write_text(json.dumps(score, indent=2) + "\n")
    floor = json.loads(FLOOR.read_text())
    failed = run.returncode != 0
    for name, value in score.items():
        fell = value < floor[name]
        failed = failed or fell
        print(f"{name:24} {value:.4f}  floor {floor[name]:.4f}{'  FELL' if fell else ''}")
    print("not supported yet:")
    print("\n".join(sorted(run.stderr.splitlines(), key=lambda line: -int(line.split("\t")[0] if line[0].isdigit() else 0))[:20]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
