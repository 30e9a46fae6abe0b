#include "project/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "project/config_reader.h"
#include "project/diagnostics.h"
#include "project/secrets.h"
#include "project/yaml.h"

namespace pipec::project {
namespace {

// By the names above them, whatever the keys mean: a misspelt section may not show its secrets either.
void find_secrets(const yaml::Node& node, bool below_secret_name, std::vector<Span>& secrets) {
  if (node.kind == yaml::Node::Kind::Scalar) {
    bool secret =
        (below_secret_name && reference_form(node.text) != ReferenceForm::Good) || holds_credential(node.text);
    if (secret) secrets.push_back(node.span);
  }
  for (const yaml::Node& item : node.items) find_secrets(item, below_secret_name, secrets);
  for (const auto& [key, value] : node.members) {
    find_secrets(value, below_secret_name || is_secret_name(key.text), secrets);
  }
}

}  // namespace

const std::string& TargetConfig::of_warehouse(const std::string& key) const {
  static const std::string kNone;
  auto found = warehouse.find(key);
  return found == warehouse.end() ? kNone : found->second.value.value;
}

LoadedConfig parse_config(std::string_view text, Sink& sink) {
  LoadedConfig result;
  Sink problems;
  std::optional<yaml::Node> root = yaml::parse(text, Symbol::of(kConfigFile), problems);
  if (!root || problems.has_errors()) {
    result.shown_text = blot_out_by_name(text);
  } else {
    std::vector<Span> secrets;
    find_secrets(*root, false, secrets);
    result.shown_text = blot_out(text, secrets);
  }
  if (root) result.config = ConfigReader(problems).read(*root);
  result.ok = !problems.has_errors();
  sink.add(problems.take());
  return result;
}

LoadedConfig load_config(const Vfs& vfs, Sink& sink) {
  std::string path(kConfigFile);
  ReadResult read = vfs.read(path);
  if (read.ok) return parse_config(read.text, sink);
  Place place = Place::in_file(Symbol::of(path), {});
  ListResult list = vfs.list();
  bool exists = std::binary_search(list.paths.begin(), list.paths.end(), path);
  if (exists) {
    sink.report(diag::UnreadableFile, place, fmt::format("cannot read it: {}", read.error));
  } else {
    sink.report(diag::MissingProject, place,
                list.ok ? "there is no pipec.yaml here" : fmt::format("there is no project here: {}", list.error))
        .help("a project is a folder with `pipec.yaml`; name it, as in `pipec build path/to/project`");
  }
  return {};
}

}  // namespace pipec::project
