-- cdc bronze.* (shop.pipe)
create or replace view main.pipec.bronze__customers_log__lines
as
select
  value as line,
  _metadata.file_path as file,
  _metadata.file_size as size,
  _metadata.file_modification_time as modified
from read_files('file:/var/lib/pipec/landing/shop.public.customers*', format => 'text')
