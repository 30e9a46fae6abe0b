"""Mutants of printers and lowerings: for each kind of golden file one line that is made wrong, and the test on a real consumer
that must fail then. A golden file that only its own comparison notices proves nothing.

    scripts/mutants            all of them, in a copy of the tree; a few minutes each
    scripts/mutants gate ...   these
"""
import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys


# What consumer tests run.
BUILT = ('pipec', 'print_samples', 'pipec-fires', 'pipec-conformance')


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str  # the kind of file
    file: str
    right: str
    wrong: str
    test: str  # below tests/consumers


MUTANTS = [
    Mutant('log: a position is known already', 'backends/databricks/cdc_log.cpp', 'sql.eq(number, sql.integer(1))',
           'sql.gt(number, sql.integer(0))', 'test_disorder.py'),
    Mutant('log: lines that are no events', 'backends/databricks/cdc_log.cpp',
           '.where = sql.is_not_null(sql.column("_problem")),', '.where = sql.is_null(sql.column("_problem")),', 'test_databricks.py'),
    Mutant('truncation: what lands behind it', 'backends/databricks/cdc_truncate.cpp',
           'NodeId known = sql.select({.items = {sql.column("_seq")}, .from = {sql.table(truncations_)}});',
           'NodeId known = sql.select({.items = {sql.column("_seq")}, .from = {sql.table(truncations_)}, .where = sql.boolean(false)});',
           'test_disorder.py'),
    Mutant('taken keys: whether a row was there before', 'backends/databricks/cdc_taken.cpp',
           '{{sql.eq(last, sql.string("d")), sql.integer(0)}}', '{{sql.eq(last, sql.string("d")), sql.integer(1)}}', 'test_traps.py'),
    Mutant('taken keys: what is known better later', 'backends/databricks/cdc_taken.cpp',
           'sql.is_distinct(text(sql, sql.column("_row")), said("said"))', 'sql.is_null(said("tie"))', 'test_traps.py'),
    Mutant('taken keys: which row stays', 'backends/databricks/cdc_taken.cpp', 'sql.query_ref(sql.union_all({came, left}), "images")',
           'sql.query_ref(sql.union_all({came, came, left}), "images")', 'test_traps.py'),
    Mutant('taken keys: the row that was there before', 'backends/databricks/cdc_taken.cpp', '{sql.column("b", "_after"), of(sql, "b", "last")}',
           '{of(sql, "b", "last")}', 'test_traps.py'),
    Mutant('taken keys: what the log has forgotten', 'backends/databricks/cdc_taken.cpp', 'all = sql.union_all({all, ', '(void)sql.union_all({all, ',
           'test_disorder.py'),
    Mutant('taken keys: one transaction behind the other', 'backends/databricks/cdc_taken.cpp', 'sql.case_when({{is_first(), sql.column("b", "_from")}})',
           'sql.case_when({{sql.or_all({is_first(), sql.boolean(true)}), sql.column("b", "_from")}})', 'test_disorder.py'),
    Mutant('drift: what is not declared', 'backends/databricks/cdc_drift.cpp', 'kept.push_back(sql.not_(sql.in_list(sql.column("name"), declared(sql))));',
           'kept.push_back(sql.in_list(sql.column("name"), declared(sql)));', 'test_drift.py'),
    Mutant('ledger: an input that was made anew', 'backends/databricks/ledger.cpp',
           'any.push_back(sql.gt(sql.column("held", seen_name(input)), sql.param(input.version)));', '', 'test_databricks.py'),
    Mutant('full: published before it is checked', 'backends/databricks/model.cpp', 'audited.rows = stage_;\n  audited.reads = {work_symbol("stage")};\n  add_gates',
           'audited.rows = target_;\n  audited.reads = {work_symbol("stage")};\n  add_gates', 'test_databricks.py'),
    Mutant('gate: NULL is equal to NULL', 'backends/databricks/gates.cpp', '.where = sql.and_all(each_not_null(sql, {}, columns)),', '',
           'test_databricks.py'),
    Mutant('by key: only what changed since', 'backends/databricks/ledger.cpp',
           'sql.binary(ast::BinaryOp::Add, sql.column("held", "version"), sql.integer(1))',
           'sql.binary(ast::BinaryOp::Add, sql.column("held", "version"), sql.integer(2))', 'test_databricks.py'),
    Mutant('load: a file is read once', 'backends/databricks/load.cpp', 'select.from = {from};\n      select.where = sql.is_null',
           'select.from = {sql.table(stage_, "s")};\n      select.where = sql.is_null', 'test_loads.py'),
    Mutant('load: numbers with signs between thousands', 'backends/databricks/load_read.cpp',
           'const char* grouping = fraction ? (mark == \'.\' ? "," : ".") : ",";', 'const char* grouping = ".";', 'test_loads.py'),
    Mutant('seed: an empty text is no NULL', 'compiler/project/seed_files.cpp', 'field.text.empty() && !field.quoted',
           'field.text.empty()', 'test_loads.py'),
    Mutant('metric: a join that loses rows', 'backends/databricks/metric.cpp', 'sql.join(ast::JoinKind::Left, from, other',
           'sql.join(ast::JoinKind::Inner, from, other', 'test_metrics.py'),
    Mutant('kept: a stream reads what is added', 'compiler/print/relations.cpp', 'if (stream) put("stream ");', '', 'test_kept.py'),
    Mutant('kept: nothing says whether a materialized view has moved', 'backends/databricks/model.cpp',
           'return reads_kept() || pipeline', 'return pipeline', 'test_kept.py'),
    Mutant('AUTO CDC: a version that ends by a delete', 'backends/databricks/cdc_auto.cpp',
           'sql.is_distinct(sql.column("_next"), sql.column("__END_AT"))', 'sql.is_null(sql.column("_next"))', 'test_kept.py'),
    Mutant('signals: the table is published', 'backends/kafka_connect/postgres_sql.cpp', 'if (has_signals()) tables.push_back(signal_table());',
           '', 'test_signals.py'),
    Mutant('signals: the connector marks what it reads', 'backends/kafka_connect/postgres_sql.cpp', 'grant insert on table {} to {}',
           'grant select on table {} to {}', 'test_signals.py'),
    Mutant('verify: a column of an export', 'backends/postgres/verify.cpp', 'is not null and f.type is distinct from d.type',
           'is not null and f.type <> d.type', 'test_deploy.py'),
    Mutant('mask: refused lines hold what was refused', 'backends/databricks/cdc_log.cpp',
           'rejected.columns = {with_pii_of(column("line", TypeKind::String), log_columns_)',
           'rejected.columns = {column("line", TypeKind::String)', 'test_masks.py'),
    Mutant('mask: the gate of who runs', 'backends/databricks/masks.cpp', '{{member, sql.integer(0)}}, sql.integer(1)',
           '{{member, sql.integer(1)}}, sql.integer(0)', 'test_masks.py'),
    Mutant('verify: masks that differ', 'backends/databricks/masks.cpp', 'sql.is_distinct(sql.column("declared", "mask")',
           'sql.differs(sql.column("declared", "mask")', 'test_masks.py'),
    Mutant('verify: types that differ', 'backends/databricks/tables.cpp', 'sql.differs(sql.column("declared"), sql.column("found"))',
           'sql.boolean(false)', 'test_deploy.py'),
    Mutant('deploy: inputs after readers', 'compiler/backend/deploy.cpp', 'for (Symbol name : pipeline_.order) {',
           'for (Symbol name : std::vector<Symbol>(pipeline_.order.rbegin(), pipeline_.order.rend())) {', 'test_deploy.py'),
    Mutant('event: what a column is made of', 'backends/openlineage/column_lineage.cpp',
           '{{"type", direct ? "DIRECT" : "INDIRECT"}', '{{"type", direct ? "INDIRECT" : "DIRECT"}', 'test_openlineage.py'),
    Mutant('event: facets say which schema they have', 'backends/openlineage/facets.cpp', 'facet("2-0-4", "JobTypeJobFacet")',
           'facet("2-0-3", "JobTypeJobFacet")', 'test_openlineage.py'),
    Mutant('connector: NULL over a default', 'backends/kafka_connect/settings.cpp',
           '{"value.converter.replace.null.with.default", "false"}', '{"value.converter.replace.null.with.default", "true"}',
           'test_kafka_connect.py'),
    Mutant('source: rows are whole before a change', 'backends/kafka_connect/postgres_sql.cpp', 'alter table {} replica identity full;',
           'alter table {} replica identity default;', 'test_kafka_connect.py'),
    Mutant('source: all that is captured is published', 'backends/kafka_connect/postgres_sql.cpp', 'tables.push_back(heartbeat_table());', '',
           'test_kafka_connect.py'),
    Mutant('topic: one partition', 'backends/kafka_connect/topics.cpp', 'document.add("partitions", 1);', 'document.add("partitions", 2);',
           'test_kafka_connect.py'),
    Mutant('strimzi: a field that the model has', 'backends/kafka_connect/strimzi.cpp', 'spec.add("topicName", topic.name);',
           'spec.add("topicname", topic.name);', 'test_strimzi.py'),
    Mutant('upsert: rows that are as they were', 'backends/postgres/modes.cpp',
           'if (!names_.others.empty())\n      parts.update_where', 'if (false)\n      parts.update_where', 'test_postgres.py'),
    Mutant('upsert: rows that a view hides', 'compiler/pipeline/captured_rows.cpp', 'return {feed, is_shown(sql, *merged)};', 'return {feed, {}};',
           'test_captured_exports.py'),
    Mutant('alter: a column that is declared no longer', 'backends/postgres/alter.cpp', 'drop not null', 'set not null', 'test_postgres_contract.py'),
    Mutant('copy: quotes in a text', 'backends/postgres/copy_line.cpp', 'replaced(sql, text, "\\"", "\\"\\"")', 'text', 'test_copies.py'),
    Mutant('copy: an instant by no clock', 'backends/postgres/copy_line.cpp', 'sql.typed(ast::TypedLiteralKind::TimestampNtz, "1970',
           'sql.typed(ast::TypedLiteralKind::Timestamp, "1970', 'test_copies.py'),
    Mutant('swap: rows that readers see from the first', 'backends/postgres/modes.cpp', 'steps_.last().copy_freeze = true;', '',
           'test_postgres_modes.py'),
    Mutant('swap: nobody waits long', 'backends/postgres/swap.cpp', "set lock_timeout = '100ms'", "set lock_timeout = '100s'",
           'test_postgres_modes.py'),
    Mutant('node: what it waits for', 'compiler/orchestration/node.cpp', 'for (const auto& [table, from] : upstream) deps.push(from.key);', '',
           'test_dagster.py'),
    Mutant('schedule: its zone', 'compiler/orchestration/documents.cpp', '.add("timezone", schedule.timezone)', '.add("timezone", "UTC")',
           'test_dagster.py'),
    Mutant('manifest: who else writes a table', 'compiler/orchestration/manifest.cpp', 'if (count > 1)', 'if (count > 9)', 'test_airflow.py'),
    Mutant('location: a schedule that follows another', 'backends/dagster/locations.cpp', 'unite(i, by_name.at(schedule.after));', '',
           'test_dagster_locations.py'),
    Mutant('job: what a task waits for', 'backends/databricks_jobs/tasks.cpp', 'for (Symbol input : node.inputs) add_ends(input, &after);',
           'if (!node.inputs.empty()) add_ends(node.inputs.front(), &after);', 'test_databricks_jobs.py'),
    Mutant('job: nothing waits for a blocking check', 'backends/databricks_jobs/tasks.cpp', 'check.policy == pipeline::ElsePolicy::Block',
           'check.policy == pipeline::ElsePolicy::Fail', 'test_databricks_jobs.py'),
    Mutant('job: weekdays of Quartz', 'backends/databricks_jobs/quartz.cpp', '{"SUN", "MON", "TUE"', '{"MON", "SUN", "TUE"',
           'test_databricks_jobs.py'),
    Mutant('bundle: references in texts', 'backends/databricks_jobs/names.cpp', "result += ' ';", "result += \"\";",
           'test_databricks_jobs.py'),
    Mutant('bundle: statements stay behind', 'backends/databricks_jobs/bundle.cpp', 'paths.push("../" + folder)',
           'paths.push("./" + folder)', 'test_databricks_jobs.py'),
    Mutant('SQL: quotes in names', 'compiler/print/sql_writer.cpp', 'if (c == end) out += end;', '', 'test_printer_strings.py'),
    Mutant('SQL: quotes in texts of PostgreSQL', 'compiler/print/dialect_postgres.cpp', 'out += "\'\'";', 'out += "\\\\\'";',
           'test_printer_strings.py'),
    Mutant('SQL: ends of lines in texts of Spark', 'compiler/print/dialect_databricks.cpp', 'out += "\\\\n";', 'out += "n";',
           'test_printer_strings.py'),
    Mutant('YAML: backslashes', 'compiler/artifact/print_yaml.cpp', "if (value == '\"' || value == '\\\\') {", "if (value == '\"') {",
           'test_printer_strings.py'),
    Mutant('JSON: backslashes', 'compiler/artifact/print_json.cpp', 'out_ += "\\\\\\\\";', 'out_ += "\\\\";', 'test_hostile.py'),
    Mutant('Python: quotes in texts', 'compiler/artifact/print_python.cpp', "if (value == '\\'' || value == '\\\\') {",
           "if (value == '\\\\') {", 'test_printer_strings.py'),
    Mutant('file names: what no system takes', 'compiler/artifact/file_part.cpp', "c == '-' || c == '.';", "c == '-' || c == '.' || c == '\"';",
           'test_hostile.py'),
]


def run(mutant: Mutant, tree: pathlib.Path) -> bool:
    """True if the test has noticed. A mutant that does not compile, or finds nothing to change, is a fault of this list."""
    path = tree / mutant.file
    text = path.read_text()
    if text.count(mutant.right) != 1:
        raise SystemExit(f'{mutant.name}: {mutant.file} has its text {text.count(mutant.right)} times')
    path.write_text(text.replace(mutant.right, mutant.wrong))
    try:
        subprocess.run(['cmake', '--build', 'build/release', '--target', *BUILT], cwd=tree, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run([tree / 'scripts/consumer-tests', '-x', '-q', mutant.test], capture_output=True, text=True,
                              env=os.environ | {'PIPEC': str(tree / 'build/release/cli/pipec')})
        failed = [line for line in done.stdout.splitlines() if line.startswith(('FAILED', 'ERROR'))]
        print(f'{"killed" if done.returncode else "ALIVE"}: {mutant.name}: {failed[0] if failed else mutant.test}', flush=True)
        return bool(done.returncode)
    finally:
        path.write_text(text)


def main(root: str, work: str, *names: str) -> int:
    unknown = [name for name in names if not any(mutant.name.startswith(name) for mutant in MUTANTS)]
    if unknown:
        raise SystemExit(f'no mutant is called {", ".join(unknown)}')
    tree = pathlib.Path(work) / 'tree'
    if not tree.exists():
        left_out = {pathlib.Path(root) / name for name in ('build', '.git', 'dist')}
        shutil.copytree(root, tree, symlinks=True, ignore=lambda folder, names: {
            name for name in names if pathlib.Path(folder) / name in left_out})
    subprocess.run([tree / 'scripts/build', 'release', *BUILT], check=True, stdout=subprocess.DEVNULL)
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name.startswith(tuple(names))]
    alive = [mutant.name for mutant in chosen if not run(mutant, tree)]
    print(f'{len(chosen) - len(alive)} of {len(chosen)} killed')
    return 1 if alive else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
