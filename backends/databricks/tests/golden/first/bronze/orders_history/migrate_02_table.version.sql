-- cdc bronze.orders (shop.pipe)
describe history main.bronze.orders_history__rows limit 1
