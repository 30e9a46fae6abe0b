"""What the two generations of Airflow call differently."""
try:
    from airflow.sdk import DAG, Asset, BaseOperator, TaskGroup
    from airflow.sdk.exceptions import AirflowFailException
    from airflow.timetables.simple import ContinuousTimetable
    from airflow.timetables.trigger import CronTriggerTimetable
    DOUBLED = 2.0
except ImportError:
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.exceptions import AirflowFailException
    from airflow.models.baseoperator import BaseOperator
    from airflow.timetables.simple import ContinuousTimetable
    from airflow.timetables.trigger import CronTriggerTimetable
    from airflow.utils.task_group import TaskGroup
    DOUBLED = True

# DOUBLED: how long is waited before a task is tried again, each time.
__all__ = ['DAG', 'DOUBLED', 'AirflowFailException', 'Asset', 'BaseOperator', 'ContinuousTimetable',
           'CronTriggerTimetable', 'TaskGroup']
