-- cdc bronze.orders (shop.pipe)
describe history main.bronze.orders__rows limit 1
