-- cdc bronze.* (shop.pipe)
describe history main.bronze.customers__rows limit 1
