-- platform:databricks
create table if not exists main.pipec.ledger (
  node string not null,
  input string not null,
  `version` bigint not null,
  fingerprint string not null,
  run_id string not null,
  recorded_at timestamp not null
)
using delta
cluster by (node)
comment 'What each node holds: the version of each of its inputs, and the logic that it was built by.'
tblproperties ('delta.enableDeletionVectors' = 'true')
