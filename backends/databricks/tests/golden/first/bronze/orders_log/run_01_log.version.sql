-- cdc bronze.orders (shop.pipe)
describe history main.bronze.orders_log limit 1
