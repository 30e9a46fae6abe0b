-- cdc bronze.orders (shop.pipe)
create or replace view main.pipec.bronze__orders_log__listing
as
select length as size, modificationTime as modified, _metadata.file_path as file
from read_files('file:/var/lib/pipec/landing/shop.public.orders*', format => 'binaryFile')
