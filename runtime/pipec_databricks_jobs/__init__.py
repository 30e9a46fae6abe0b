"""What the tasks of a job of Databricks run. The generated `run.py` calls `main` and holds nothing else."""
from .task import main

__all__ = ['main']
