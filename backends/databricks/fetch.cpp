#include "databricks/fetch.h"

#include <fmt/format.h>

#include "artifact/artifact_set.h"
#include "backend/secrets.h"
#include "databricks/load.h"

namespace pipec::backend::databricks {

namespace {

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

Value auth_value(const pipeline::Source& source) {
  Value auth = Value::object({{"kind", source.auth.text()}});
  if (!source.auth_name.empty()) auth.set("name", source.auth_name);
  if (!source.secret.empty()) auth.set("reference", reference_of_secret(source.secret));
  return auth;
}

}  // namespace

std::string fetched_folder(const pipeline::Target& target, const pipeline::Load& load) {
  return fmt::format("{}/rest/{}", without_slash(target.landing), file_part(load.head.name.text()));
}

Value fetch_document(const pipeline::Target& target, const pipeline::Source& source, const pipeline::SourceTable& table,
                     const pipeline::Load& load) {
  Value paginate = Value::object({{"kind", table.paginate.empty() ? std::string_view("none") : table.paginate.text()}});
  if (!table.paginate_with.empty()) {
    Value with = Value::array();
    for (Symbol name : table.paginate_with) with.push(name.text());
    paginate.set("with", std::move(with));
  }
  Value document = Value::object({{"url", without_slash(source.base_url) + table.path},
                                  {"records", table.records.empty() ? std::string("$") : table.records},
                                  {"paginate", std::move(paginate)}});
  if (!source.auth.empty() && source.auth.text() != "none") document.set("auth", auth_value(source));
  if (source.rate > 0) {
    document.set("rate", Value::object({{"requests", source.rate}, {"per", source.rate_per.text()}}));
  }
  // What else an answer says is not landed.
  Value columns = Value::array();
  for (const FileColumn& column : file_columns(source, table)) columns.push(column.name.text());
  document.set("columns", std::move(columns));
  document.set("into", fetched_folder(target, load));
  // Of a table that is loaded whole the last answer is all there is.
  document.set("replace", load.mode == pipeline::Load::Mode::Full);
  return document;
}

}  // namespace pipec::backend::databricks
