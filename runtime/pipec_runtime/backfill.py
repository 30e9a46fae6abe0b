"""Which grains of a model by time are built again at a time."""
import datetime

from .manifest import Node


def windows(node: Node, start: str, end: str) -> list[tuple[str, str]]:
    """Half-open, each of as many grains as the model builds at a time."""
    if not node.partitions:
        raise ValueError(f'{node.name} is not built by time')
    if not start or not end:
        raise ValueError('a backfill needs `start` and `end`, as 2026-01-01 and 2026-01-08: the first moment, and the first '
                         'one behind')
    begin, behind = datetime.datetime.fromisoformat(start), datetime.datetime.fromisoformat(end)
    grain = datetime.timedelta(seconds=node.partitions.grain_seconds)
    first = datetime.datetime.fromisoformat(node.partitions.start).replace(tzinfo=None)
    if begin < first or (begin - first) % grain or (behind - begin) % grain or behind <= begin:
        raise ValueError(f'{begin} to {behind}: no whole grains of {grain} from {first} on')
    found = []
    while begin < behind:
        next_begin = min(begin + grain * node.partitions.batch, behind)
        found.append((begin.isoformat(' '), next_begin.isoformat(' ')))
        begin = next_begin
    return found
