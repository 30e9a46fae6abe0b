"""DAGs from a manifest of pipec, for Airflow 3 and 2.10. The generated files of DAGs call `schedule` and `backfills` and
hold nothing else."""
from .backfill import backfills
from .schedules import schedule

__all__ = ['backfills', 'schedule']
