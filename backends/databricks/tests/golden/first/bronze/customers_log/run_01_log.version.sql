-- cdc bronze.* (shop.pipe)
describe history main.bronze.customers_log limit 1
