#include "kafka_connect/source_sql.h"

namespace pipec::backend::kafka_connect {

SourceScripts source_scripts(const Capture& capture) {
  switch (capture.database) {
    case Database::SqlServer:
      return sqlserver_scripts(capture);
    case Database::MySql:
      return mysql_scripts(capture);
    case Database::Postgres:
      break;
  }
  return postgres_scripts(capture);
}

}  // namespace pipec::backend::kafka_connect
