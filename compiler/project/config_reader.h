// Takes the tree of pipec.yaml apart, reporting what does not belong there. Private to this folder.
#pragma once

#include <string_view>
#include <vector>

#include "project/config.h"
#include "project/yaml.h"

namespace pipec::project {

class ConfigReader {
 public:
  explicit ConfigReader(Sink& sink) : sink_(sink) {}
  Config read(const yaml::Node& root);

 private:
  using Keys = std::vector<std::string_view>;

  static Place place(Span span) { return Place::in_file(Symbol::of(kConfigFile), span); }
  static Text text_of(const yaml::Node& node) { return {node.text, node.span}; }

  /// False, and a report, when it is no map. Null passes for an empty one.
  bool is_map(const yaml::Node& key, const yaml::Node& value);
  std::optional<Text> scalar(const yaml::Node& key, const yaml::Node& value);
  bool known_key(const yaml::Node& key, std::string_view owner, const Keys& keys);
  bool good_name(const yaml::Node& name, std::string_view what);

  void read_language(const yaml::Node& key, const yaml::Node& value);
  void read_vars(const yaml::Node& key, const yaml::Node& value, Config& config);
  void read_defaults(const yaml::Node& key, const yaml::Node& value, Config& config);
  void read_requirements(const yaml::Node& key, const yaml::Node& value, Config& config);
  void read_denials(const yaml::Node& key, const yaml::Node& value, Config& config);
  void read_connection(const yaml::Node& key, const yaml::Node& value, Config& config);
  void read_field(const yaml::Node& key, const yaml::Node& value, ConnectionConfig& connection);
  void check_field_value(const FieldConfig& field, const Text& value, const ConnectionConfig& connection,
                         bool per_backend);
  void read_target(const yaml::Node& key, const yaml::Node& value, Config& config);
  void read_warehouse(const yaml::Node& key, const yaml::Node& value, TargetConfig& target);
  void read_backends(const yaml::Node& key, const yaml::Node& value, TargetConfig& target);
  void report_secret(const Text& field, std::string_view owner);

  Sink& sink_;
};

/// What a target may be; also used after variables have their values.
void check_start(const Text& start, Sink& sink);
void check_warehouse(std::string_view key, const Text& value, Sink& sink);

}  // namespace pipec::project
