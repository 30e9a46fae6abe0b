"""What each player is likely to spend in the next 30 days: as much as in the last 30 of which there are data."""
from pyspark.sql import DataFrame, functions as f


def run(fact_purchase: DataFrame, dim_player: DataFrame) -> DataFrame:
    last = fact_purchase.agg(f.max("occurred_at").alias("last"))
    recent = fact_purchase.crossJoin(last).where("occurred_at > last - interval 30 days")
    spent = recent.groupBy("player_id").agg(f.sum("amount").cast("decimal(18, 2)").alias("expected"))
    return dim_player.select("player_id").join(spent, "player_id", "left")
