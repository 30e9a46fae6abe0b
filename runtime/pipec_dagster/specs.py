"""What Dagster shows of a node, of a source's table and of a check."""
import datetime

import dagster as dg
from pipec_runtime.manifest import Check, Column, Gate, Node, Source, SourceTable

from . import names


def _schema(columns: tuple[Column, ...]) -> dg.TableSchema:
    return dg.TableSchema([
        dg.TableColumn(column.name, column.type, description=column.description or None,
                       constraints=dg.TableColumnConstraints(nullable=column.nullable),
                       tags={f'pii/{names.tag(kind)}': '' for kind in column.pii} or None)
        for column in columns])


def _lineage(node: Node) -> dg.TableColumnLineage:
    return dg.TableColumnLineage({
        column: [dg.TableColumnDep(names.key(key), source) for key, source in edges]
        for column, edges in node.lineage.items()})


def asset(node: Node) -> dg.AssetSpec:
    metadata: dict[str, object] = {'dagster/column_schema': _schema(node.columns), 'dagster/table_name': node.name,
                                   'pipec/kind': node.materialization or node.kind}
    if node.lineage:
        metadata['dagster/column_lineage'] = _lineage(node)
    # Dagster's shortest window is a minute.
    freshness = dg.FreshnessPolicy.time_window(
        fail_window=datetime.timedelta(seconds=max(node.freshness_seconds, 60))) if node.freshness_seconds else None
    return dg.AssetSpec(
        names.key(node.key), deps=[names.key(dep) for dep in node.deps], description=node.description or None,
        metadata=metadata, group_name=names.identifier(node.group), owners=[names.owner(node.owner)] if node.owner else [],
        tags={names.tag(tag): '' for tag in node.tags}, kinds=set(node.kinds), code_version=node.code_version,
        freshness_policy=freshness)


def source_table(source: Source, table: SourceTable) -> dg.AssetSpec:
    """Not materialized by anybody here: an external asset, so that lineage begins where the data does."""
    return dg.AssetSpec(
        names.key(table.key), description=table.description or None, group_name=names.identifier(source.name),
        metadata={'dagster/column_schema': _schema(table.columns)}, kinds={source.kind},
        owners=[names.owner(source.owner)] if source.owner else [], tags={names.tag(tag): '' for tag in source.tags})


def gate(node: Node, gate: Gate) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(names.check_name(gate.name), asset=names.key(node.key), blocking=gate.policy == 'block',
                             description=gate.description or None, metadata={'pipec/policy': gate.policy})


def check(check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(names.check_name(check.name), asset=names.key(check.target),
                             additional_deps=[names.key(dep) for dep in check.deps if dep != check.target],
                             blocking=check.policy == 'block', description=check.description or None,
                             metadata={'pipec/policy': check.policy})
