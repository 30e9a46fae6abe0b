"""One Spark 4.2 session with Delta for all suites: starting a second one costs twenty seconds."""
import os
import pathlib

from . import env


def session(folder: pathlib.Path, **other):
    """`other`: settings in place of those here, `_` for each dot."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ['JAVA_HOME'] = env.java_home()
    # collect() gives times in the zone of the Python process.
    os.environ['TZ'] = 'UTC'
    import time
    time.tzset()
    from pyspark.sql import SparkSession
    jars = sorted(str(jar) for jar in (env.consumers() / 'delta').glob('*.jar'))
    settings = {
        'spark.jars': ','.join(jars),
        'spark.driver.extraClassPath': ':'.join(jars),
        # A run's tables stay in Delta's caches: a heap that they fill spends its time on collecting.
        'spark.driver.memory': '7g',
        # What an interface that is off would show is kept nevertheless.
        'spark.sql.ui.retainedExecutions': '1',
        'spark.ui.retainedJobs': '1',
        'spark.ui.retainedStages': '1',
        'spark.ui.retainedTasks': '1',
        'spark.driver.extraJavaOptions': f'-XX:+UseSerialGC -Duser.timezone=UTC -Ddelta.log.cacheSize=600 '
                                         f'-Djava.io.tmpdir={folder} -Dderby.system.home={folder}',
        'spark.driver.host': '127.0.0.1',
        'spark.driver.bindAddress': '127.0.0.1',
        'spark.local.dir': str(folder / 'local'),
        'spark.sql.warehouse.dir': str(folder / 'warehouse'),
        'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
        'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
        'spark.sql.catalogImplementation': 'in-memory',
        'spark.sql.session.timeZone': 'UTC',
        # For a handful of rows: interpreting a plan beats compiling it by far, and so does one task to a stage.
        'spark.sql.codegen.wholeStage': 'false',
        'spark.sql.codegen.factoryMode': 'NO_CODEGEN',
        'spark.sql.adaptive.enabled': 'false',
        'spark.sql.shuffle.partitions': '1',
        'spark.default.parallelism': '1',
        'spark.databricks.delta.snapshotPartitions': '1',
        # Delta 4.4.0's SQL extension loses the parameters of `spark.sql(text, args=...)` in Spark 4.2's own way of
        # binding them (UNBOUND_SQL_PARAMETER for every statement); the older way passes by the extension.
        'spark.sql.legacy.parameterSubstitution.constantsOnly': 'true',
        # Without Hadoop's native library each file costs a fork of chmod: at least none for check sums.
        'spark.hadoop.fs.file.impl': 'org.apache.hadoop.fs.RawLocalFileSystem',
        'spark.hadoop.fs.AbstractFileSystem.file.impl': 'org.apache.hadoop.fs.local.RawLocalFs',
        'spark.hadoop.parquet.hadoop.vectored.io.enabled': 'false',
        'spark.ui.enabled': 'false',
        'spark.ui.showConsoleProgress': 'false',
    }
    builder = SparkSession.builder.appName('pipec-tests').master('local[2]')
    for key, value in (settings | {key.replace('_', '.'): value for key, value in other.items()}).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel('ERROR')
    return spark


def version(spark, table: str) -> int:
    """The newest version of a Delta table: unchanged after a run that had nothing to do."""
    return spark.sql(f'DESCRIBE HISTORY {table} LIMIT 1').collect()[0]['version']
