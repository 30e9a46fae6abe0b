#include "databricks/names.h"

#include <fmt/format.h>

#include "pipeline/captured_rows.h"
#include "pipeline/table_changes.h"
#include "print/sql_printer.h"

namespace pipec::backend::databricks {

Path Names::node(Symbol name) const {
  return pipeline::table_path(target_, name);
}

Path Names::rows(const pipeline::Node& node) const {
  return pipeline::rows_path(target_, node);
}

Path Names::below_view(Symbol name) const {
  return pipeline::below_view(target_, name);
}

Path Names::schema(std::string_view name) const {
  Path path;
  if (!target_.catalog.empty()) path.push_back(target_.catalog);
  path.push_back(fmt::format("{}{}", target_.schema_prefix, name));
  return path;
}

bool Names::auto_cdc() const {
  return pipeline::is_auto_cdc(target_);
}

const std::string& Names::pii_readers() const {
  return target_.option("databricks", "pii_readers");
}

Path Names::own(std::string_view name) const {
  return pipeline::own_path(target_, name);
}

std::string Names::work_name(Symbol node, std::string_view purpose) {
  std::string name(node.text());
  size_t dot = name.find('.');
  if (dot != std::string::npos) name.replace(dot, 1, "__");
  return fmt::format("{}__{}", name, purpose);
}

Symbol Names::work_symbol(Symbol node, std::string_view purpose) {
  return own_name(work_name(node, purpose));
}

Path Names::work(Symbol node, std::string_view purpose) const {
  return own(work_name(node, purpose));
}

std::string Names::spelled(const Path& path) {
  return print::print_path(path, print::kDatabricks);
}

Symbol own_name(std::string_view name) {
  return Symbol::of(fmt::format("{}.{}", kSchema, name));
}

}  // namespace pipec::backend::databricks
