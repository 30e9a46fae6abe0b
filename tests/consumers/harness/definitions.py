"""What Dagster has understood of some definitions, as plain values to compare."""
import dagster as dg
from dagster._core.definitions.dependency import NodeHandle


def path(key) -> str:
    return '/'.join(key.path)


def check_path(key) -> str:
    return f'{path(key.asset_key)}:{key.name}'


def assets(repository) -> dict:
    graph, found = repository.asset_graph, {}
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        policy = node.freshness_policy
        found[path(key)] = {
            'deps': sorted(map(path, node.parent_keys)), 'group': node.group_name, 'owners': list(node.owners),
            'tags': sorted(t for t in node.tags if not t.startswith('dagster/')), 'kinds': sorted(node.kinds),
            'kind': node.metadata.get('pipec/kind', 'source'), 'description': node.description,
            'external': node.is_external, 'fresh': policy and policy.fail_window.to_timedelta().total_seconds(),
            'pools': sorted(node.pools or ())}
    return found


def columns(repository, asset: str) -> list:
    schema = repository.asset_graph.get(dg.AssetKey(asset.split('/'))).metadata['dagster/column_schema']
    return [(c.name, c.type, c.constraints.nullable, c.description, sorted(c.tags)) for c in schema.columns]


def lineage(repository, asset: str) -> dict:
    found = repository.asset_graph.get(dg.AssetKey(asset.split('/'))).metadata['dagster/column_lineage']
    return {column: sorted(f'{path(d.asset_key)}.{d.column_name}' for d in deps)
            for column, deps in found.deps_by_column.items()}


def partitions(repository, asset: str) -> tuple:
    node = repository.asset_graph.get(dg.AssetKey(asset.split('/')))
    by = node.partitions_def
    return (by.cron_schedule, by.timezone, f'{by.start:%Y-%m-%d}', by.end_offset, node.backfill_policy.max_partitions_per_run)


def checks(repository) -> dict:
    graph = repository.asset_graph
    return {check_path(key): {'blocking': graph.get(key).blocking, 'description': graph.get(key).description,
                              'deps': sorted(map(path, graph.get(key).parent_entity_keys))}
            for key in graph.asset_check_keys}


def jobs(repository) -> dict:
    found = {}
    for job in repository.get_all_jobs():
        if job.name.startswith('__'):
            continue
        keys = {key for name in job.graph.node_dict
                for key in job.asset_layer.get_selected_entity_keys_for_node(NodeHandle(name, None))}
        retries = job.op_retry_policy
        found[job.name] = {
            'assets': sorted(path(k) for k in keys if isinstance(k, dg.AssetKey)),
            'checks': sorted(check_path(k) for k in keys if isinstance(k, dg.AssetCheckKey)),
            'retries': retries and (retries.max_retries, retries.delay, retries.backoff.value),
            'tags': {k: v for k, v in job.tags.items() if k.startswith('pipec/')}, 'executor': job.executor_def.name}
    return found


def schedules(repository) -> dict:
    return {s.name: (s.cron_schedule, s.execution_timezone, s.job_name, s.default_status.value)
            for s in repository.schedule_defs}
