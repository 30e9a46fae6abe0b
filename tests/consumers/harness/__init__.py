"""The real consumers, each started by one class here: PostgreSQL, Kafka Connect with Debezium, Spark with Delta.

Everything runs on the loopback address and on ports found free, writes below one temporary folder, and ends with the
test process, also when that is killed.
"""
