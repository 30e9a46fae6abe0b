"""What Dagster shows of a node, of a source's table and of a check."""
import datetime

import dagster as dg
from pipec_runtime.manifest import Check, Column, Dashboard, Gate, Node, Source, SourceTable

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
        metadata=metadata, tags={names.tag(tag): '' for tag in node.tags}, code_version=node.code_version,
        freshness_policy=freshness, **_place(node))


def _place(node: Node):
    return {'group_name': names.identifier(node.group), 'kinds': set(node.kinds),
            'owners': [names.owner(node.owner)] if node.owner else []}


def grains(node: Node) -> dg.AssetSpec:
    """What can be built again of a model. Grains are counted in UTC; the one that is under way is there too."""
    day = node.partitions.grain_seconds % 86400 == 0
    partitions = dg.TimeWindowPartitionsDefinition(
        start=datetime.datetime.fromisoformat(node.partitions.start).replace(tzinfo=None), end_offset=1, timezone='UTC',
        fmt='%Y-%m-%d' if day else '%Y-%m-%d-%H:%M', cron_schedule='0 0 * * *' if day else '0 * * * *')
    return dg.AssetSpec(
        names.key(('backfill', *node.key, 'day' if day else 'hour')), deps=[names.key(node.key)], partitions_def=partitions,
        description=f'Grains of {node.name} to be built again', metadata={'pipec/kind': 'backfill'}, **_place(node))


def source_table(source: Source, table: SourceTable) -> dg.AssetSpec:
    """Not materialized by anybody here: an external asset, so that lineage begins where the data does."""
    return dg.AssetSpec(
        names.key(table.key), description=table.description or None, group_name=names.identifier(source.name),
        metadata={'dagster/column_schema': _schema(table.columns)}, kinds={source.kind},
        owners=[names.owner(source.owner)] if source.owner else [], tags={names.tag(tag): '' for tag in source.tags})


def dashboard(dashboard: Dashboard) -> dg.AssetSpec:
    """Seen behind what it reads, and made by its tool."""
    return dg.AssetSpec(
        names.key(dashboard.key), deps=[names.key(use.key) for use in dashboard.reads], group_name='dashboards',
        description=dashboard.description or None, kinds={dashboard.tool}, owners=[names.owner(dashboard.owner)] if dashboard.owner else [],
        tags={names.tag(tag): '' for tag in dashboard.tags},
        metadata={'pipec/reads': {'.'.join(use.key): list(use.columns) for use in dashboard.reads}})


def gate(node: Node, gate: Gate) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(names.check_name(gate.name), asset=names.key(node.key), blocking=gate.policy == 'block',
                             description=gate.description or None, metadata={'pipec/policy': gate.policy})


def check(check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(names.check_name(check.name), asset=names.key(check.target),
                             additional_deps=[names.key(dep) for dep in check.deps if dep != check.target],
                             blocking=check.policy == 'block', description=check.description or None,
                             metadata={'pipec/policy': check.policy})
