-- model gold.sales_daily (models.pipe)
delete from main.pipec.gold__sales_daily__pending
where grain >= :window_start and grain < :window_end
